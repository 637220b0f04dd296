#pragma once

#include "app/resolve_doubts.hpp"
#include "worker/loop.hpp"

namespace rota::worker {

/// Finds out, every few seconds, about messages that may have been sent. In a thread of its own: it waits for
/// providers. Several processes share the work. [thread-safe]
class Doubts {
public:
    explicit Doubts(const app::ResolveDoubts& resolve);

    void start() { loop_.start(); }
    void stop() { loop_.stop(); }

private:
    base::Milliseconds turn();

    const app::ResolveDoubts& resolve_;
    Loop loop_;
};

} // namespace rota::worker
