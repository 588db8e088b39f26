# Fovea's server, command line and workers in one image. How it is run, and what it needs: docs/deploy.md.
FROM node:20-bookworm-slim AS build
WORKDIR /app
ENV ONNXRUNTIME_NODE_INSTALL=skip
COPY package.json package-lock.json .npmrc ./
COPY web/package.json web/
RUN npm install --no-save --ignore-scripts
COPY tsconfig.json tsconfig.build.json ./
COPY scripts/build.mjs scripts/prepare.mjs scripts/
COPY src src
COPY web web
RUN npm run build
# What runs only: no development packages, and of ONNX Runtime the files of this platform.
RUN npm prune --omit=dev --ignore-scripts \
  && find node_modules/onnxruntime-node/bin/napi-v6 -mindepth 2 -maxdepth 2 -not -path "*/linux/$(node -p process.arch)" -exec rm -r {} + \
  && ln -s ../../dist/cli/main.js node_modules/.bin/fovea

FROM node:20-bookworm-slim AS fovea
WORKDIR /app
COPY package.json LICENSE NOTICE ./
COPY assets assets
COPY --from=build /app/node_modules node_modules
COPY --from=build /app/dist dist
ENV NODE_ENV=production PATH=/app/node_modules/.bin:$PATH FOVEA_PORT=8900 FOVEA_HOME=/data FOVEA_CACHE=/models
RUN mkdir -p "$FOVEA_HOME" "$FOVEA_CACHE" && chown 1000:1000 "$FOVEA_HOME" "$FOVEA_CACHE"
# The user "node" of the base image, by number, so that Kubernetes can tell that it is not root.
USER 1000:1000
VOLUME ["/data", "/models"]
EXPOSE 8900
HEALTHCHECK --interval=10s --timeout=5s --start-period=60s --retries=3 \
  CMD ["node", "-e", "fetch(`http://127.0.0.1:${process.env.FOVEA_PORT}/api/v1/health`).then(({ ok }) => process.exit(ok ? 0 : 1), () => process.exit(1))"]
ENTRYPOINT ["fovea"]
CMD ["server", "--host", "0.0.0.0"]
