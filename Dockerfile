# One image for everything but Postgres and NATS; ROLE says what it runs (ops/container/start.sh):
#
#   docker run --read-only --tmpfs /tmp --env-file … -e ROLE=edge superimap
#
# What it runs is what is tested: the versions are those of package.json, and npm run deploy:check compares them.

FROM node:24.20.0-bookworm-slim AS dependencies
WORKDIR /app
COPY package.json package-lock.json ./
# Optional packages are the tools of development: a PostgreSQL, a Node.
RUN npm ci --omit=dev --omit=optional --ignore-scripts --no-audit --no-fund

# The admin pages, the API reference and the page of errors.
FROM node:24.20.0-bookworm-slim AS pages
WORKDIR /app
COPY package.json package-lock.json ./
RUN npm ci --ignore-scripts --no-audit --no-fund
COPY vite.config.ts tsconfig.base.json ./
COPY admin ./admin
COPY reference ./reference
# The pages import from shared, and the other two are named in the configuration of TypeScript.
COPY shared ./shared
COPY db ./db
COPY edge ./edge
COPY docs/admin.md docs/errors.md docs/runbook.md ./docs/
RUN node node_modules/vite/bin/vite.js build --configLoader native --logLevel warn

FROM oven/bun:1.4.5-slim
WORKDIR /app
COPY --from=dependencies /app/node_modules ./node_modules
COPY --from=pages /app/dist ./dist
COPY package.json tsconfig.base.json ./
COPY shared ./shared
COPY db ./db
COPY edge ./edge
COPY fleet ./fleet
COPY ops/container ./ops/container
# npm run admin:create and admin:reset, and what they import.
COPY ops/admin-command.ts ops/admin-create.ts ops/admin-reset.ts ./ops/
COPY dev/checkout.ts ./dev/
COPY dev/processes/private-file.ts ./dev/processes/
COPY dev/stack/named-database.ts dev/stack/stack-file.ts dev/stack/state-folder.ts ./dev/stack/
COPY dev/terminal/ask-password.ts ./dev/terminal/

# A cache of transpiled files would be written beside them.
ENV NODE_ENV=production \
    BUN_RUNTIME_TRANSPILER_CACHE_PATH=0 \
    EDGE_HOST=:: \
    METRICS_HOST=::
EXPOSE 8787 9464 9465
USER bun
CMD ["sh", "ops/container/start.sh"]
