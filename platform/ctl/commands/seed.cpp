#include "ctl/commands.hpp"
#include "ctl/configuration.hpp"
#include "postgres/pool.hpp"
#include "postgres/seeder.hpp"

#include <iostream>

namespace rota::ctl {
namespace {

/// "undefined_table"
constexpr const char* kNoTables = "42P01";

ExitCode runSeed(const Arguments& arguments) {
    const auto loaded = loadConfiguration(arguments, {"database."});
    try {
        const postgres::ConnectionSettings database(loaded.settings.databaseUrl);
        postgres::Pool pool(database, {1, 1});
        postgres::seed(pool);
        std::cout << "the sample clinic is in " << database.where() << "\n";
        return kOk;
    } catch (const std::invalid_argument& error) {
        throw Stop(kConfiguration, loaded.origins.at("database.url") + ": database.url " + error.what());
    } catch (const app::StorageUnavailable& error) {
        throw Stop(kUnreachable, std::string("the database does not answer: ") + error.what());
    } catch (const app::StorageError& error) {
        if (error.sqlstate() != kNoTables) throw;
        throw Stop(kConfiguration, "the database has no tables yet; rotad makes them when it starts");
    }
}

} // namespace

Command seed() {
    return {.name = "seed",
            .operands = "",
            .summary = "Puts the sample clinic into the database.",
            .details =
                "Ten doctors with their hours and five patients. What is there already stays as it is, so it may "
                "be run again.",
            .options = {configOption()},
            .run = &runSeed};
}

} // namespace rota::ctl
