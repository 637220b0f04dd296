#include "app/pause.hpp"

#include <thread>

namespace rota::app {

Pause sleeping() {
    return [](base::Milliseconds length) { std::this_thread::sleep_for(length); };
}

} // namespace rota::app
