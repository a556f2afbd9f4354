# npm packages, Node 24 among them, the native modules built for it, and what it makes of our sources.

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

# What Node keeps of the sources, as in the image: the managers of a lab, which are killed, would each make it anew.
compiled() {
  local done=$cache/compiled/of${PWD//\//-}
  [ -e "$done" ] && [ -z "$(find src node_modules/.package-lock.json -newer "$done" -print -quit)" ] && return
  # Sources that do not even load are for the tests to tell.
  if NODE_COMPILE_CACHE=$cache/compiled node_modules/.bin/node src/main.ts all --help >/dev/null 2>&1; then touch "$done"; fi
}
