# The hub and the parts that it runs beside it, for arm64 and amd64. docs/docker.md says how to run it.

# What decides which packages are installed: a change elsewhere doesn't install them again.
FROM --platform=$BUILDPLATFORM node:24-bookworm-slim AS manifests
WORKDIR /app
COPY package.json package-lock.json ./
COPY scripts/stamp.js scripts/native.js scripts/
COPY contracts/package.json contracts/
COPY hub/package.json hub/
COPY firmware-bridge/package.json firmware-bridge/
COPY cloud-relay/package.json cloud-relay/
COPY cloud/package.json cloud/
COPY web/package.json web/

# The pages are the same on every processor: they are built once, on the machine that builds.
FROM manifests AS pages
RUN npm ci --include=dev --no-audit --no-fund --loglevel=error
COPY . .
RUN npm run --workspace=web build

# The packages that servers need, for the processor that the image is for. Without the root's own: that is Node itself,
# which the base image brings.
FROM node:24-bookworm-slim AS packages
# The way to NFC readers is compiled for this processor.
RUN apt-get update \
	&& apt-get install --yes --no-install-recommends g++ make python3 libpcsclite-dev \
	&& rm --recursive /var/lib/apt/lists/*
WORKDIR /app
COPY --from=manifests /app ./
RUN npm ci --omit=dev --no-audit --no-fund --loglevel=error \
	--workspace=contracts --workspace=hub --workspace=firmware-bridge --workspace=cloud-relay --workspace=cloud

FROM node:24-bookworm-slim
LABEL org.opencontainers.image.title="Kassahub" org.opencontainers.image.licenses="MIT"
# By which the hub speaks with the machine's own pcscd.
RUN apt-get update \
	&& apt-get install --yes --no-install-recommends libpcsclite1 \
	&& rm --recursive /var/lib/apt/lists/*
ENV NODE_ENV=production KASSAHUB_DATA=/data KASSAHUB_CONFIG=/config/devices.yaml
# Serial ports belong to dialout; the data belongs to whoever runs the hub.
RUN usermod --append --groups dialout node \
	&& install --directory --owner=node --group=node /data /config
WORKDIR /app
# The parts stay symbolic links in node_modules/@kassahub: Node runs TypeScript as it stands, but not inside node_modules.
COPY --from=packages /app ./
COPY . .
COPY --from=pages /app/web/dist ./web/dist
COPY --chown=node:node devices.yaml /config/
USER node
VOLUME /data
EXPOSE 8080 1883 8090
HEALTHCHECK --interval=30s --timeout=5s --start-period=20s \
	CMD ["node", "-e", "fetch(`http://127.0.0.1:${process.env.KASSAHUB_HTTP_PORT ?? 8080}/healthz`).then((answer) => process.exit(answer.ok ? 0 : 1), () => process.exit(1))"]
CMD ["node", "hub/main.ts"]
