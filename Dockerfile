# Building needs a network; what it builds needs one only to reach its sources.
FROM node:24-bookworm-slim AS build
WORKDIR /app
COPY package.json package-lock.json ./
RUN npm ci --ignore-scripts --no-audit --no-fund
COPY tsconfig.json ./
COPY scripts/build.js scripts/build-page.js scripts/fingerprint.js scripts/licences.js scripts/manifest.js ./scripts/
COPY bundled ./bundled
COPY src ./src
COPY web ./web
COPY schema ./schema
# Only the packages that are loaded at run time stay, in the versions of the lockfile: see scripts/manifest.js.
RUN npm run build && cp dist/package.json . && npm prune --ignore-scripts --no-audit --no-fund

FROM node:24-bookworm-slim
WORKDIR /app
# The only two folders that are written to; everything else may be read-only.
RUN mkdir -p /app/data /app/cache && chown node:node /app/data /app/cache
COPY --from=build /app/node_modules ./node_modules
COPY --from=build /app/dist ./dist
COPY package.json LICENSE NOTICE .env.example ./
COPY bundled ./bundled
USER node
ENV HOST=0.0.0.0 \
    PORT=4000 \
    DATABASE_URL=sqlite:/app/data/country-exchange.db \
    CACHE_DIR=/app/cache
EXPOSE 4000
VOLUME ["/app/data", "/app/cache"]
# Not /ready: a server whose database is unreachable still answers, and must not be restarted.
HEALTHCHECK --interval=10s --timeout=5s --start-period=60s --retries=3 \
  CMD ["node", "-e", "fetch(`http://127.0.0.1:${process.env.PORT}/health`).then((r) => process.exit(r.ok ? 0 : 1), () => process.exit(1))"]
# No npm in between: it would not pass on the signal to stop.
CMD ["node", "dist/index.js"]
