# The real components, from Go modules whose go.sum pins every source. Each build
# has a directory named by a hash of what went into it; $cache/bin links to the latest.

# key MODULE RECIPE: the hash of a module's files and of how it is built.
key() {
  { echo "$2 $(uname -m)"; find "hack/$1" -type f | LC_ALL=C sort | xargs cat; } | sha256sum | cut -c1-12
}

# version MODULE FILE: the version of a dependency, without its v.
version() { sed -n "s|^.*$1 v\([0-9.]*\).*|\1|p" "$2" | head -n 1; }

# expose DIRECTORY BINARY NAME...: links to a binary, by each name that it is called by.
expose() {
  local binary=$1/$2 name
  shift 2
  for name in "$@"; do
    [ "$(readlink "$cache/bin/$name")" = "$binary" ] || ln -sfn "$binary" "$cache/bin/$name"
  done
}

need_go() {
  command -v go >/dev/null || fail "go is missing, and $1 has to be built: install Go 1.21 or newer (it fetches the version that go.mod names)"
}

# go_build MODULE DIRECTORY ARGUMENT...: a directory appears whole or not at all.
go_build() {
  local module=$1 directory=$2
  shift 2
  rm -rf "$directory.part"
  mkdir "$directory.part"
  go build -C "hack/$module" -mod=readonly -trimpath -o "$directory.part/" "$@"
  mv -T "$directory.part" "$directory"
}

# kubernetes_flags VERSION: for the linker, so that what is built says which version it is.
kubernetes_flags() {
  local package=k8s.io/component-base/version
  echo "-s -w -X $package.gitVersion=v$1 -X $package.gitMajor=${1%%.*} -X $package.gitMinor=$(cut -d. -f2 <<<"$1")"
}

kubernetes() {
  local version directory ldflags
  version=$(version k8s.io/kubernetes hack/kube/go.mod)
  ldflags=$(kubernetes_flags "$version")
  directory=$cache/kube-$(key kube "$ldflags")
  if ! [ -e "$directory/kube" ]; then
    need_go Kubernetes
    step 4 "building Kubernetes $version (about 6 min, once)" kube go_build kube "$directory" -ldflags "$ldflags" .
  fi
  expose "$directory" kube etcd kube-apiserver kube-controller-manager kube-proxy kube-scheduler kubectl kubelet
}

# Of the oldest Kubernetes that is supported, only the API server.
kubernetes_oldest() {
  local version directory ldflags source=k8s.io/kubernetes
  version=$(version $source hack/kube-oldest/go.mod)
  ldflags=$(kubernetes_flags "$version")
  directory=$cache/kube-oldest-$(key kube-oldest "$ldflags")
  if ! [ -e "$directory/kube-apiserver" ]; then
    need_go Kubernetes
    step 5 "building the API server of Kubernetes $version (about 3 min, once)" kube-oldest \
      go_build kube-oldest "$directory" -ldflags "$ldflags" $source/cmd/kube-apiserver
  fi
  expose "$directory" kube-apiserver kube-apiserver-oldest
}

gobgp() {
  local version directory source=github.com/osrg/gobgp/v4
  version=$(version $source hack/gobgp/go.mod)
  directory=$cache/gobgp-$(key gobgp '')
  if ! [ -e "$directory/gobgpd" ]; then
    need_go GoBGP
    step 6 "building GoBGP $version (about 1 min, once)" gobgp \
      go_build gobgp "$directory" $source/cmd/gobgp $source/cmd/gobgpd ./descriptors
  fi
  expose "$directory" gobgp gobgp
  expose "$directory" gobgpd gobgpd
  expose "$directory" descriptors gobgp-descriptors
}

# Its chart checks ask for the version of Kubernetes, which a build by itself does not know.
helm() {
  local version kubernetes ldflags name directory source=helm.sh/helm/v3
  version=$(version $source hack/helm/go.mod)
  kubernetes=$(version k8s.io/client-go hack/helm/go.mod)
  ldflags="-s -w -X $source/internal/version.version=v$version"
  for name in pkg/chartutil pkg/lint/rules; do
    ldflags+=" -X $source/$name.k8sVersionMajor=1 -X $source/$name.k8sVersionMinor=$(cut -d. -f2 <<<"$kubernetes")"
  done
  directory=$cache/helm-$(key helm "$ldflags")
  if ! [ -e "$directory/helm" ]; then
    need_go Helm
    step 7 "building Helm $version (about 1 min, once)" helm go_build helm "$directory" -ldflags "$ldflags" $source/cmd/helm
  fi
  expose "$directory" helm helm
}
