#include "contract/job_queue_contract.hpp"
#include "support/in_memory_job_queue.hpp"

namespace rota::testing {
namespace {

class InMemoryQueue final : public QueueUnderTest {
public:
    app::JobQueue& queue() override { return queue_; }
    void flush() override { queue_.flush(); }

private:
    InMemoryJobQueue queue_;
};

const QueueFactory kInMemoryQueue{"InMemory", [] { return std::make_unique<InMemoryQueue>(); }};

INSTANTIATE_TEST_SUITE_P(Fake, JobQueueContract, ::testing::Values(kInMemoryQueue), queueName);

} // namespace
} // namespace rota::testing
