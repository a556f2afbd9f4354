#!/bin/sh
# gobgpd beside a manager: the entrypoint of its container. POSIX sh, for Linux.
#
#   gobgpd.sh SOCKET [GOBGPD]
#
# SOCKET is the unix socket of its API, GOBGPD the program. gobgpd outlives its manager and goes on announcing what it was
# told, but not for ever. As long as it lives, the manager puts a file "manager.alive" beside the socket every few seconds;
# in it stands how long gobgpd may go on without a manager (failStatic: whole seconds, 0 for ever). A watchdog takes the file
# away every second. If nobody has put it there again for so long, gobgpd gets SIGTERM, by which it withdraws everything at
# once. Whoever started it starts it anew, with nothing to announce. Before the first file there is nothing to end: what
# gobgpd announces, a manager told it.
set -eu
socket=$1
gobgpd=${2:-gobgpd}
alive=${socket%/*}/manager.alive

# When the process of this pid was started (field 22 of proc_pid_stat(5), counted after the name, which may hold anything);
# nothing if it is gone, or only waits to be reaped. No other process that is given the pid has the same.
look() {
  born=
  read -r stat 2>/dev/null <"/proc/$$/stat" || return 0
  # shellcheck disable=SC2086
  set -- ${stat##*) }
  [ "$1" = Z ] || born=${20}
}

# Time is counted in turns of this loop and not read off a clock, which may be set; and while the machine or this process is
# paused, a manager cannot show that it lives.
watch() {
  look
  own=$born
  limit=0
  missed=0
  while sleep 1 && look && [ "$born" = "$own" ]; do
    missed=$((missed + 1))
    if [ -e "$alive" ]; then
      read -r limit <"$alive" || :
      rm -f "$alive"
      missed=0
    elif [ "$limit" -gt 0 ] && [ "$missed" -ge "$limit" ]; then
      echo "gobgpd.sh: no sign of a manager for $missed s; gobgpd is to withdraw everything" >&2
      kill -TERM $$
      return
    fi
  done
}

# A killed gobgpd leaves its socket, beside which the next would live on without an API; and this one owes nothing to the
# manager of the one before.
rm -f "$socket" "$alive"
watch &
exec "$gobgpd" --api-hosts="unix://$socket" --pprof-disable --metrics-path=
