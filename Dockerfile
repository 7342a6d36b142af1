# Builds an image of trainpost alone. docker-compose.yml adds MLflow and its database.
FROM node:24-slim AS build
WORKDIR /app
COPY package.json package-lock.json .npmrc ./
RUN npm ci --ignore-scripts
COPY tsconfig.json ./
COPY src ./src
RUN npm run build && npm prune --omit=dev --ignore-scripts

FROM node:24-slim
WORKDIR /app
# HOST lets other machines in, so TRAINPOST_TOKEN must be set to a token or to the word none: docs/operations.md.
ENV NODE_ENV=production HOST=0.0.0.0 PORT=5005
COPY --from=build /app/node_modules ./node_modules
COPY --from=build /app/dist ./dist
COPY package.json ./
COPY data ./data
# temp holds uploads until they are answered. spool holds trainings until MLflow has them: give spool a volume. The rest
# of the folder belongs to root.
RUN mkdir temp spool && chown node:node temp spool
VOLUME /app/spool
USER node
EXPOSE 5005
# The check asks whether this process answers, and not whether MLflow does. An unhealthy container may be restarted, which
# would not help MLflow.
HEALTHCHECK --interval=10s --timeout=3s --start-period=10s \
  CMD ["node", "-e", "fetch(`http://127.0.0.1:${process.env.PORT}/health/live`).then((r) => process.exit(r.ok ? 0 : 1), () => process.exit(1))"]
CMD ["node", "dist/server.js"]
