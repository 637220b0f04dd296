#pragma once

#include "base/file_descriptor.hpp"

namespace rota::plugin_host::isolation {

/// The life of a child: takes rights away from itself, loads the plugin that the server names at the other end of the
/// socket, and serves its calls until it is told to end or the server is gone. Answers the exit status.
int serve(base::FileDescriptor socket);

} // namespace rota::plugin_host::isolation
