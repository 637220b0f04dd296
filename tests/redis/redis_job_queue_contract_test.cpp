#include "contract/job_queue_contract.hpp"
#include "redis/redis_job_queue.hpp"
#include "support/redis_server.hpp"

namespace rota::testing {
namespace {

class RedisQueue final : public QueueUnderTest {
public:
    RedisQueue() { flush(); }

    app::JobQueue& queue() override { return queue_; }
    void flush() override { redisCommand(server().url(), {"FLUSHALL"}); }

private:
    static RedisServer& server() {
        static RedisServer only;
        return only;
    }

    redis::RedisJobQueue queue_{{server().url()}};
};

const QueueFactory kRedis{"Redis", [] { return std::make_unique<RedisQueue>(); }};

INSTANTIATE_TEST_SUITE_P(Real, JobQueueContract, ::testing::Values(kRedis), queueName);

} // namespace
} // namespace rota::testing
