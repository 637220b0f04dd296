#include "http/conditional.hpp"
#include "http/error_responses.hpp"
#include "http/handlers/handlers.hpp"

#include <filesystem>
#include <fstream>
#include <iterator>
#include <map>
#include <memory>

namespace rota::http {
namespace {

/// The page runs and shows what lies beside it and asks this server alone, whatever it might be made to name. The hash
/// is an empty text's: Redoc adds empty style elements and fills them by script.
constexpr auto kPolicy =
    "default-src 'none'; script-src 'self'; style-src 'self' 'sha256-47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU='; "
    "img-src 'self' data:; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

const std::map<std::filesystem::path, std::string> kTypes{{".html", "text/html; charset=utf-8"},
                                                          {".css", "text/css; charset=utf-8"},
                                                          {".js", "text/javascript; charset=utf-8"},
                                                          {".txt", "text/plain; charset=utf-8"}};

using Files = std::map<std::string, Response, std::less<>>;

Response fileResponse(const std::filesystem::path& file, const std::string& type) {
    std::ifstream stream{file, std::ios::binary};
    Response response;
    response.body.assign(std::istreambuf_iterator<char>{stream}, {});
    response.headers = {
        {"Content-Type", type}, {"Content-Security-Policy", kPolicy}, {"Referrer-Policy", "no-referrer"}};
    return response;
}

/// Read once, so that no request ever names a path.
Files readFiles(const std::filesystem::path& directory) {
    Files files;
    for (const auto& entry : std::filesystem::directory_iterator{directory})
        if (const auto type = kTypes.find(entry.path().extension()); entry.is_regular_file() && type != kTypes.end())
            files[entry.path().filename()] = fileResponse(entry.path(), type->second);
    return files;
}

} // namespace

void addDocs(Router& router, const std::filesystem::path& directory) {
    if (directory.empty()) return;
    const auto files = std::make_shared<const Files>(readFiles(directory));
    const auto show = [files](std::string_view name) {
        const auto found = files->find(name);
        return found == files->end() ? error(404, "Not found") : found->second;
    };
    router.add("GET", "/api/docs", conditional([show](const Request&) { return show("index.html"); }));
    router.add("GET", "/api/docs/:file",
               conditional([show](const Request& request) { return show(request.pathParameter("file")); }));
}

} // namespace rota::http
