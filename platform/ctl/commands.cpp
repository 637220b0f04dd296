#include "ctl/commands.hpp"

namespace rota::ctl {

std::vector<Command> commands() {
    return {seed(), pluginList(), pluginInspect(), pluginCheck(), pluginConform(), pluginNew(), pluginReload()};
}

} // namespace rota::ctl
