# trainpost by itself; docker-compose.yml adds MLflow and its database.
FROM node:24-slim AS build
WORKDIR /app
COPY package.json package-lock.json .npmrc ./
RUN npm ci --ignore-scripts
COPY tsconfig.json ./
COPY src ./src
RUN npm run build && npm prune --omit=dev --ignore-scripts

FROM node:24-slim
WORKDIR /app
# HOST lets other machines in, so that TRAINPOST_TOKEN is needed, or the word none in it: docs/operations.md.
ENV NODE_ENV=production HOST=0.0.0.0 PORT=5005
COPY --from=build /app/node_modules ./node_modules
COPY --from=build /app/dist ./dist
COPY package.json ./
COPY data ./data
# Uploads lie in temp until they are answered, trainings in spool until MLflow has them: give that one a volume. The
# rest of the folder stays root's.
RUN mkdir temp spool && chown node:node temp spool
VOLUME /app/spool
USER node
EXPOSE 5005
# Whether the process answers, and not whether MLflow does: what is unhealthy may be ended, and that would help nobody.
HEALTHCHECK --interval=10s --timeout=3s --start-period=10s \
  CMD ["node", "-e", "fetch(`http://127.0.0.1:${process.env.PORT}/health/live`).then((r) => process.exit(r.ok ? 0 : 1), () => process.exit(1))"]
CMD ["node", "dist/server.js"]
