# syntax=docker/dockerfile:1
# Berth's image where base images can be pulled; `make image` packs the same contents from Debian packages where they cannot.
# Versions are exact. A release adds the digests that its builder resolved (`--build-arg BUILD_BASE=…@sha256:…`), because a
# digest that nobody has pulled here would be an invention.
ARG BUILD_BASE=docker.io/library/node:24.21.0-bookworm
ARG RUN_BASE=gcr.io/distroless/cc-debian12:nonroot

FROM ${BUILD_BASE} AS build
WORKDIR /src
COPY package.json package-lock.json ./
RUN --mount=type=cache,target=/root/.npm npm install --no-save --no-audit --no-fund
COPY . .
RUN node_modules/.bin/node --import tsx hack/release/write-bundle.ts /out \
 && cp "$(readlink -f node_modules/.bin/node)" /node

FROM ${RUN_BASE}
COPY --from=build /node /usr/local/bin/node
COPY --from=build /out /app
WORKDIR /app
USER 65532:65532
ENV NODE_ENV=production
# The flags of hack/release/bundle.ts.
ENTRYPOINT ["/usr/local/bin/node", "--enable-source-maps", "--max-semi-space-size=4", "--heap-growing-percent=20"]
