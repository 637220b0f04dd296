#include "ctl/text_file.hpp"

#include "ctl/command.hpp"

#include <fstream>
#include <sstream>

namespace rota::ctl {

std::string readTextFile(const std::string& path) {
    std::ifstream file(path, std::ios::binary);
    std::ostringstream text;
    text << file.rdbuf();
    if (!file) throw Stop(kUsage, path + " cannot be read");
    return text.str();
}

std::string jsonOrFile(const std::string& value) {
    const auto first = value.find_first_not_of(" \t\n");
    return first != std::string::npos && value[first] == '{' ? value : readTextFile(value);
}

} // namespace rota::ctl
