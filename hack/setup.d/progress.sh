# Progress, the same for every step: what runs, for how long, and the end of its
# output when it fails.

step_ran=false

say() { echo "setup: $*"; }

fail() {
  echo "setup: $*" >&2
  exit 1
}

elapsed() {
  local seconds=$((SECONDS - $1))
  if ((seconds < 60)); then echo "$seconds s"; else printf '%d min %02d s' $((seconds / 60)) $((seconds % 60)); fi
}

# step NUMBER TEXT LOG COMMAND...: runs the command, its output in a log, with a sign of life every 15 s.
step() {
  local number=$1 text=$2 log=$cache/log/$3.log since=$SECONDS beat=0 pid status=0
  shift 3
  step_ran=true
  echo "[$number/$steps] $text …"
  # With job control the command and all it starts are one process group, which ends with us.
  set -m
  "$@" >"$log" 2>&1 </dev/null 9>&- &
  pid=$!
  set +m
  trap 'kill -- "-$pid" 2>/dev/null' EXIT
  while kill -0 "$pid" 2>/dev/null; do
    sleep 0.2 9>&-
    if (((SECONDS - since) / 15 > beat)); then
      beat=$(((SECONDS - since) / 15))
      echo "[$number/$steps]   … $(elapsed "$since")"
    fi
  done
  wait "$pid" || status=$?
  trap - EXIT
  if ((status != 0)); then
    tail -n 25 "$log" >&2
    fail "$text: failed after $(elapsed "$since"); all of its output is in $log"
  fi
  echo "[$number/$steps]   done in $(elapsed "$since")"
}
