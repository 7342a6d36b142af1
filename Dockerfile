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
ENV NODE_ENV=production HOST=0.0.0.0 PORT=5005
COPY --from=build /app/node_modules ./node_modules
COPY --from=build /app/dist ./dist
COPY package.json ./
COPY data ./data
# Uploads lie here until they are answered, and trainings until MLflow has them; the rest of the folder stays root's.
RUN mkdir temp spool && chown node:node temp spool
USER node
EXPOSE 5005
CMD ["node", "dist/server.js"]
