#!/bin/sh
# A node of the lab as a machine of its own: PID 1 of new mount, PID, UTS and IPC namespaces, in the network namespace of the node.
#
#   machine.sh NODE DIRECTORY CGROUP IMAGES KUBELET
#
# What containerd and kubelet write outside of DIRECTORY is in overlays and mounts that end with these namespaces, or in
# CGROUP, which whoever started this removes. It ends, and with it every container, when containerd or kubelet does.
set -eu
node=$1 directory=$2 cgroup=$3 images=$4 kubelet=$5

mount --make-rprivate /
hostname "$node"

# shadow PATH: what is written below goes elsewhere.
shadow() {
  mkdir -p "$directory/upper$1" "$directory/work$1"
  mount -t overlay overlay -o "lowerdir=$1,upperdir=$directory/upper$1,workdir=$directory/work$1" "$1"
}

shadow /etc
shadow /opt
shadow /var/lib
shadow /var/log
# Empty, as after a reboot. DIRECTORY is below it.
rm -rf "$directory/run"
mkdir -p "$directory/run/fairlead"
mount --bind /run/fairlead "$directory/run/fairlead"
mount --rbind "$directory/run" /run

# Settings of the whole kernel, which a kubelet would change: it finds here that they are as it wants them.
pretend() {
  echo "$2" >"$directory/$(basename "$1")"
  mount --bind "$directory/$(basename "$1")" "/proc/sys/$1"
}
pretend vm/overcommit_memory 1
pretend vm/panic_on_oom 0
pretend kernel/panic 10
pretend kernel/panic_on_oops 1
pretend kernel/keys/root_maxkeys 1000000
pretend kernel/keys/root_maxbytes 25000000

# Version 2 has one tree, version 1 one for each controller.
if [ -e /sys/fs/cgroup/cgroup.controllers ]; then
  mkdir -p "/sys/fs/cgroup/$cgroup"
else
  for controller in /sys/fs/cgroup/*/; do mkdir -p "$controller$cgroup"; done
fi

containerd --config "$directory/containerd.toml" >"$directory/containerd.log" 2>&1 &
runtime=$!
until ctr version >/dev/null 2>&1; do
  kill -0 "$runtime"
  sleep 0.1
done
for image in "$images"/*.tar; do ctr --namespace k8s.io images import --no-unpack "$image" >/dev/null; done

"$kubelet" --config "$directory/kubelet.yaml" --kubeconfig "$directory/kubeconfig" --hostname-override "$node" \
  --node-ip "$(cat "$directory/addresses")" --cgroup-root "/$cgroup" &
agent=$!

# This is init: it reaps whatever loses its parent.
while kill -0 "$runtime" && kill -0 "$agent"; do sleep 1; done
