# The server, built from source and installed as its Debian package installs it. The context is the checkout.
#
# Layers, from what changes least: Debian's packages (scripts/lib/packages.sh lists them), the sources, the configuration.

FROM debian:bookworm-slim AS packages
SHELL ["/bin/bash", "-euo", "pipefail", "-c"]
COPY scripts/lib/packages.sh /tmp/
RUN . /tmp/packages.sh && apt-get update && \
    apt-get install -y --no-install-recommends "${build_packages[@]}" "${package_packages[@]}" && rm -rf /var/lib/apt/lists/* /var/cache/apt/*

FROM packages AS build
WORKDIR /src
COPY scripts/lib/build.sh /tmp/
COPY CMakeLists.txt CMakePresets.json ./
COPY cmake cmake
COPY migrations migrations
COPY seed seed
COPY docs/openapi.yaml docs/
COPY platform platform
COPY plugins plugins
RUN . /tmp/build.sh && cmake --preset release && cmake --build --preset release --parallel "$(build_jobs)"
COPY LICENSE CHANGELOG.md ./
COPY docs docs
COPY packaging/debian packaging/debian
COPY scripts scripts
COPY etc etc
RUN cpack --config build/release/CPackConfig.cmake -B /package && dpkg-deb -x /package/rota_*.deb /package/root && \
    dpkg-deb -f /package/rota_*.deb Depends | sed 's/([^)]*)//g; s/,/\n/g' | tr -d ' ' >/package/depends

# The page that shows the API.
FROM node:22-bookworm-slim AS docs
WORKDIR /src
COPY docs/page/ ./
# Files keep their modes, and a checkout may be its owner's alone.
RUN npm ci --loglevel=error && npm run --silent build && chmod -R a+rX dist

FROM debian:bookworm-slim
LABEL org.opencontainers.image.title="Rota" \
      org.opencontainers.image.description="Books medical appointments, delivers their reminders, fills freed times" \
      org.opencontainers.image.version="0.1.0" \
      org.opencontainers.image.licenses="Apache-2.0" \
      org.opencontainers.image.base.name="debian:bookworm-slim"
# By what the package depends on, which a change of the sources seldom touches: then this layer stays.
COPY --from=build /package/depends /usr/share/rota/depends
RUN apt-get update && xargs apt-get install -y --no-install-recommends curl </usr/share/rota/depends && \
    rm -rf /var/lib/apt/lists/* /var/cache/apt/* && useradd --uid 10001 --no-create-home --shell /usr/sbin/nologin rota && \
    install -d /usr/local/lib/rota/plugins
COPY --from=build /package/root/ /
COPY --from=docs /src/dist /usr/share/rota/docs
ARG ROTA_REVISION=
LABEL org.opencontainers.image.revision="$ROTA_REVISION"
EXPOSE 5000
USER 10001:10001
# Said, so that the engine takes no other signal (HUP) for a wish that the server be gone.
STOPSIGNAL SIGTERM
# Answers 200 while the database does and the plugins are loaded; without Redis it serves on.
HEALTHCHECK --interval=5s --timeout=5s --start-period=90s --retries=3 \
    CMD ["curl", "-fsS", "-o", "/dev/null", "http://127.0.0.1:5000/readyz"]
CMD ["/usr/sbin/rotad", "--config=/etc/rota/rota.properties"]
