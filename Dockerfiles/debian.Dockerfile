# The base of the `debian` environment as an image: the same packages as images/debian/base.json, for people who keep
# their environments in a registry. No version stands here: BASE names the Debian image by digest, and what came out is
# pinned by the digest of the result (`cargo-boxed lock` with `environment: image`).
#
#   docker build --build-arg BASE=debian@sha256:… -f Dockerfiles/debian.Dockerfile .
#
# Nothing of the build context is used.
ARG BASE
FROM ${BASE}

# The versions of libclang follow the suite; images/debian/base.json has the names of each.
ARG LIBCLANG="libclang-common-14-dev libclang1-14"
RUN apt-get update \
 && DEBIAN_FRONTEND=noninteractive apt-get install --yes --no-install-recommends \
      ca-certificates \
      cmake \
      g++ \
      gcc \
      git \
      libc6-dev \
      libprotobuf-dev \
      libprotoc-dev \
      m4 \
      make \
      nasm \
      netbase \
      openssh-client \
      perl \
      pkg-config \
      protobuf-compiler \
      python3 \
      tzdata \
      ${LIBCLANG} \
 && rm -rf /var/lib/apt/lists/* /var/cache/apt/archives/*.deb

# The one mount point that a box with a read-only root needs.
RUN mkdir /box
