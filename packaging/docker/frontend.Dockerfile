# The patients' page, built by Node and served by nginx, which passes /api on to the server. The context is the checkout.

FROM node:22-bookworm-slim AS build
WORKDIR /src/frontend
COPY frontend/package.json frontend/package-lock.json frontend/.npmrc ./
RUN npm ci --loglevel=error
# The page's types are made from the API's document.
COPY docs/openapi.yaml ../docs/
COPY frontend/ ./
COPY packaging/docker/nginx.conf packaging/docker/serve etc/nginx/rota.conf.template /place/
# Files keep their modes, and a checkout may be its owner's alone.
RUN npm run --silent build && chmod -R a+rX dist && chmod 644 /place/* && chmod 755 /place/serve

FROM nginx:stable
LABEL org.opencontainers.image.title="Rota, the patients' page" \
      org.opencontainers.image.description="Books medical appointments: the page, and the way to the API" \
      org.opencontainers.image.version="0.1.0" \
      org.opencontainers.image.licenses="Apache-2.0" \
      org.opencontainers.image.base.name="nginx:stable"
RUN apt-get update && apt-get install -y --no-install-recommends curl && rm -rf /var/lib/apt/lists/* /var/cache/apt/*
COPY --from=build /place/nginx.conf /etc/nginx/rota-nginx.conf
COPY --from=build /place/serve /usr/local/bin/serve
COPY --from=build /place/rota.conf.template /etc/nginx/
COPY --from=build /src/frontend/dist /usr/share/rota/page
ARG ROTA_REVISION=
LABEL org.opencontainers.image.revision="$ROTA_REVISION"
ENV ROTA_WEB_LISTEN=3000 ROTA_WEB_ROOT=/usr/share/rota/page ROTA_API=backend:5000
EXPOSE 3000
USER 10002:10002
# nginx ends the answers under way.
STOPSIGNAL SIGQUIT
HEALTHCHECK --interval=5s --timeout=5s --start-period=20s --retries=3 \
    CMD ["curl", "-fsS", "-o", "/dev/null", "http://127.0.0.1:3000/robots.txt"]
ENTRYPOINT []
CMD ["/usr/local/bin/serve"]
