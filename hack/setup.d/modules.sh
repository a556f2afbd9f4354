# npm packages, Node 24 among them, and the native modules built for it.

npm_packages() {
  local done=node_modules/.package-lock.json number=2
  [ "$only" = modules ] && number=1
  [ -e "$done" ] && ! [ package-lock.json -nt "$done" ] && return
  command -v npm >/dev/null || fail 'npm is missing: install Node 20 or newer, which brings it'
  step "$number" 'installing npm packages' npm npm ci --ignore-scripts --no-progress
  touch "$done"
}

# raw-socket is compiled against the headers of the Node that runs it, not of the one that runs npm.
native_modules() {
  [ -e node_modules/raw-socket/build/Release/raw.node ] && return
  local arch
  case $(uname -m) in
    x86_64) arch=x64 ;;
    aarch64) arch=arm64 ;;
    *) fail "no Node 24 for $(uname -m): x86_64 and aarch64 are supported" ;;
  esac
  step 3 'building raw-socket' raw-socket \
    env "npm_config_nodedir=$PWD/node_modules/node-linux-$arch" npm rebuild raw-socket
}
