#include "ctl/commands.hpp"

namespace rota::ctl {

std::vector<Command> commands() {
    return {seed(),        templatePreview(), pluginList(), pluginInspect(),
            pluginCheck(), pluginConform(),   pluginNew(),  pluginReload()};
}

} // namespace rota::ctl
