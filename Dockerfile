# syntax=docker/dockerfile:1
# One image for every process; what runs is the command: `node dist/worker/main.js` (the default), or the command line
# as `speechsense-export …`. docker-compose.yml has both.

# Debian, because Temporal's native core is built for glibc. Node 22, which SpeechSense's official stubs declare
# (docs/decisions/0002-official-stubs-on-node-20.md).
ARG NODE_IMAGE=node:22.23.3-bookworm-slim

FROM ${NODE_IMAGE} AS build
WORKDIR /app
COPY package.json package-lock.json .npmrc ./
# Nothing that the build or the product needs is made by an install script.
RUN npm ci --include=dev --ignore-scripts
COPY . .
# Compiles, and bundles the command line and the workflows, so that commands and workers start without doing it.
RUN npm run build

FROM ${NODE_IMAGE} AS dependencies
WORKDIR /app
COPY package.json package-lock.json .npmrc ./
RUN npm ci --omit=dev --ignore-scripts

FROM ${NODE_IMAGE}
ENV NODE_ENV=production
# Converts the recordings that SpeechSense does not take (docs/decisions/0023-conversion-by-ffmpeg.md).
RUN apt-get update && apt-get install --yes --no-install-recommends ffmpeg && rm -rf /var/lib/apt/lists/*
WORKDIR /app
COPY --from=dependencies /app/node_modules node_modules
COPY --from=build /app/dist dist
COPY --from=build /app/settings/tariff.json settings/tariff.json
COPY package.json ./
COPY --chmod=755 bin bin
RUN ln -s /app/bin/speechsense-export.mjs /usr/local/bin/speechsense-export
USER node
CMD ["node", "dist/worker/main.js"]
