# One image per process: docker build --target worker|gateway|sandbox|cli .
# Debian, not Alpine: the Temporal SDK's native part needs glibc.

FROM node:20-bookworm-slim AS build
WORKDIR /app
COPY package.json package-lock.json .npmrc ./
RUN npm ci
COPY tsconfig.json tsconfig.build.json ./
COPY src ./src
# Compiles, and bundles the workflows: a worker then starts without webpack.
RUN npm run build && npm prune --omit=dev

FROM node:20-bookworm-slim AS base
# The native part verifies TLS (Temporal Cloud) against the system's certificates.
RUN apt-get update \
  && apt-get install --yes --no-install-recommends ca-certificates \
  && rm -rf /var/lib/apt/lists/*
ENV NODE_ENV=production
WORKDIR /app
COPY --from=build /app/package.json ./
COPY --from=build /app/node_modules ./node_modules
COPY --from=build /app/dist ./dist
COPY bin ./bin
# Mount points that belong to the unprivileged user, so that fresh volumes do too.
RUN mkdir /keys /data && chown node:node /keys /data
USER node

FROM base AS cli
ENTRYPOINT ["node", "bin/cardflow.js"]

FROM base AS sandbox
ENV SANDBOX_HOST=0.0.0.0 SANDBOX_PORT=8090
EXPOSE 8090
HEALTHCHECK --interval=5s --timeout=3s --start-period=20s --retries=6 \
  CMD ["node", "-e", "fetch(`http://127.0.0.1:${process.env.SANDBOX_PORT}/healthz`).then((r) => process.exit(r.ok ? 0 : 1), () => process.exit(1))"]
CMD ["node", "dist/sandbox.js"]

FROM base AS gateway
ENV GATEWAY_HOST=0.0.0.0 GATEWAY_PORT=8080
EXPOSE 8080
HEALTHCHECK --interval=5s --timeout=3s --start-period=20s --retries=6 \
  CMD ["node", "-e", "fetch(`http://127.0.0.1:${process.env.GATEWAY_PORT}/readyz`).then((r) => process.exit(r.ok ? 0 : 1), () => process.exit(1))"]
CMD ["node", "dist/gateway.js"]

FROM base AS worker
ENV METRICS_PORT=9464
EXPOSE 9464
HEALTHCHECK --interval=5s --timeout=3s --start-period=20s --retries=6 \
  CMD ["node", "-e", "fetch(`http://127.0.0.1:${process.env.METRICS_PORT}/readyz`).then((r) => process.exit(r.ok ? 0 : 1), () => process.exit(1))"]
CMD ["node", "dist/worker.js"]
