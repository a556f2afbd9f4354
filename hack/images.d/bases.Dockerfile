# Stand-ins for the public base images, from Debian's packages, npm's Node and this machine's npm and Go: for machines that reach
# no registry of images. Each stage is tagged with the name of what it stands for. The build contexts: debian-files (a root file
# system), node-files (npm's package of Node), npm-files, go-files, and trusted-files (certificates).
FROM scratch AS debian
COPY --from=debian-files / /
ENV PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin

FROM debian AS trusting
# Not Debian's own file, which its package would want to replace.
COPY --from=trusted-files ca-certificates.crt /etc/stand-in/ca-certificates.crt
ENV SSL_CERT_FILE=/etc/stand-in/ca-certificates.crt \
    NODE_EXTRA_CA_CERTS=/etc/stand-in/ca-certificates.crt \
    npm_config_cafile=/etc/stand-in/ca-certificates.crt
RUN apt-get update && apt-get install --yes --no-install-recommends libcap2-bin

FROM debian AS node-slim
COPY --from=node-files bin/node /usr/local/bin/node

FROM trusting AS node
RUN apt-get install --yes --no-install-recommends g++ make python3
COPY --from=node-files bin/node /usr/local/bin/node
COPY --from=node-files include /usr/local/include
COPY --from=npm-files / /usr/local/lib/node_modules/npm
RUN ln -s ../lib/node_modules/npm/bin/npm-cli.js /usr/local/bin/npm

FROM trusting AS golang
COPY --from=go-files / /usr/local/go
ENV PATH=/usr/local/go/bin:/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin

FROM trusting AS applets
RUN apt-get install --yes --no-install-recommends busybox-static \
 && mkdir --parents /root-fs/bin && cp /bin/busybox /root-fs/bin && chroot /root-fs /bin/busybox --install /bin

FROM scratch AS busybox
COPY --from=applets /root-fs /
ENV PATH=/usr/local/bin:/bin

# What Kubernetes' own does: it holds a Pod's namespaces, and nothing else.
FROM scratch AS pause
COPY --from=applets /bin/busybox /bin/sleep
ENTRYPOINT ["/bin/sleep", "infinity"]
