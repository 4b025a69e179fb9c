# The fleet. One image for both roles; ROLE says which. Nothing is written but to /tmp:
#
#   docker run --read-only --tmpfs /tmp --env-file … superimap
#
# What it runs is what is tested: the versions are those of package.json, and npm run deploy:check compares them.

FROM node:24.20.0-bookworm-slim AS dependencies
WORKDIR /app
COPY package.json package-lock.json ./
# Optional packages are the tools of development: a PostgreSQL, a Node.
RUN npm ci --omit=dev --omit=optional --ignore-scripts --no-audit --no-fund

FROM oven/bun:1.4.5-slim
WORKDIR /app
COPY --from=dependencies /app/node_modules ./node_modules
COPY package.json ./
COPY shared ./shared
COPY db ./db
COPY fleet ./fleet

# A cache of transpiled files would be written beside them.
ENV NODE_ENV=production \
    BUN_RUNTIME_TRANSPILER_CACHE_PATH=0 \
    METRICS_HOST=::
EXPOSE 9464
USER bun
CMD ["bun", "run", "--no-install", "fleet/main.ts"]
