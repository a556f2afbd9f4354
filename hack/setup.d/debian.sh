# Debian packages: the routers of the lab, what kube-proxy and the tests call, Prometheus to read the metrics, and a compiler for native
# modules.

packages=(
  arping bird2 ca-certificates conntrack curl frr g++ ipset iproute2 iptables iputils-ping
  make ndisc6 nftables openssl prometheus python3 tcpdump util-linux
)

missing_packages() {
  comm -23 <(printf '%s\n' "${packages[@]}" | LC_ALL=C sort) <(
    dpkg-query --show --showformat '${db:Status-Abbrev} ${Package}\n' "${packages[@]}" 2>/dev/null |
      sed -n 's/^ii  *//p' | LC_ALL=C sort
  )
}

debian_packages() {
  command -v dpkg-query >/dev/null || fail 'this is no Debian system (no dpkg-query): the lab needs Debian packages'
  local missing
  mapfile -t missing < <(missing_packages)
  ((${#missing[@]} == 0)) && return
  [ "$(id -u)" = 0 ] || fail "Debian packages are missing: as root, run: apt-get install ${missing[*]}"
  step 1 "installing Debian packages: ${missing[*]}" debian install_packages "${missing[@]}"
}

install_packages() {
  export DEBIAN_FRONTEND=noninteractive
  apt-get -o DPkg::Lock::Timeout=300 update
  apt-get -o DPkg::Lock::Timeout=300 install --yes --no-install-recommends "$@"
  # The lab starts routers of its own, in namespaces; what the packages just started is in the way of nobody, but unasked for.
  for package in "$@"; do
    case $package in
      frr) stop_services frr ;;
      bird2) stop_services bird ;;
      prometheus) stop_services prometheus ;;
      containerd) stop_services containerd ;;
    esac
  done
}

stop_services() {
  if [ -d /run/systemd/system ]; then
    systemctl disable --now "$1"
  else
    service "$1" stop || true
    update-rc.d "$1" disable
  fi
}
