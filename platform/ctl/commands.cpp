#include "ctl/commands.hpp"

namespace rota::ctl {

std::vector<Command> commands() {
    return {seed(), pluginList(), pluginInspect()};
}

} // namespace rota::ctl
