# The server as an image: docker build -t selfsame . (docs/running.md).
FROM node:24.21.0-bookworm-slim AS build
WORKDIR /selfsame
COPY . .
# Without the tools of development, and without the Node that the repository brings: the image has the same one.
RUN npm ci \
  && npm run build --workspace @selfsame/console \
  && npm prune --omit=dev \
  && rm -rf node_modules/node-linux-* node_modules/.bin/node e2e bench docs scripts

FROM node:24.21.0-bookworm-slim
ENV NODE_ENV=production SELFSAME_DATA=/data SELFSAME_HOST=0.0.0.0
WORKDIR /selfsame
COPY --from=build /selfsame ./
RUN install -d -o node -g node -m 0700 /data /backups \
  && ln -s /selfsame/packages/cli/bin/selfsame.js /usr/local/bin/selfsame
USER node
VOLUME /data
EXPOSE 4400
HEALTHCHECK --interval=10s --timeout=5s --start-period=2m \
  CMD ["node", "-e", "fetch('http://127.0.0.1:4400/readyz').then((answer) => process.exit(answer.ok ? 0 : 1), () => process.exit(1))"]
ENTRYPOINT ["selfsame"]
CMD ["serve"]
