# One image for every role: `concordat serve SERVICE...`, and every other command.
FROM rust:1.95-bookworm AS build
RUN apt-get update && apt-get install --yes --no-install-recommends libpq-dev libssl-dev pkg-config && rm -rf /var/lib/apt/lists/*
WORKDIR /src
COPY . .
RUN --mount=type=cache,target=/usr/local/cargo/registry --mount=type=cache,target=/src/target \
    cargo build --locked --release --package concordat && cp target/release/concordat /concordat

FROM debian:bookworm-slim
RUN apt-get update && apt-get install --yes --no-install-recommends libpq5 libssl3 ca-certificates && rm -rf /var/lib/apt/lists/*
COPY --from=build /concordat /usr/local/bin/concordat
USER nobody
EXPOSE 8443 8444 9464
ENTRYPOINT ["concordat"]
CMD ["serve"]
