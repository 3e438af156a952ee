// iceoryx 2: the frame is written in memory that is lent to the writer, and read where it is.
//
// RouDi, its daemon, runs in the master with one pool of the frame's size, so that nothing on the host is configured.

#include "harness.hpp"

#include <csignal>

#include <iceoryx_hoofs/log/logmanager.hpp>
#include <iceoryx_posh/popo/untyped_publisher.hpp>
#include <iceoryx_posh/popo/untyped_subscriber.hpp>
#include <iceoryx_posh/popo/wait_set.hpp>
#include <iceoryx_posh/internal/roudi/roudi.hpp>
#include <iceoryx_posh/roudi/iceoryx_roudi_components.hpp>
#include <iceoryx_posh/runtime/posh_runtime.hpp>

using bench::Header;

constexpr uint32_t SLOTS = 16;
constexpr uint64_t QUEUE = 8;

static iox::capro::ServiceDescription service(const bench::Run& run) {
    return {"aeroframe", "bench", iox::capro::IdString_t(iox::cxx::TruncateToCapacity, run.name)};
}

static uint64_t chunk_length(const bench::Run& run) { return sizeof(Header) + run.frame_length(); }

static sigset_t end_signals() {
    sigset_t ends;
    sigemptyset(&ends);
    sigaddset(&ends, SIGTERM);
    sigaddset(&ends, SIGINT);
    return ends;
}

// Connects to RouDi. The runtime leaves its socket and lock if a signal ends the process: a handler removes them.
static void connect(const std::string& name) {
    static std::string socket, lock;
    socket = "/tmp/" + name;
    lock = socket + ".lock";
    std::signal(SIGTERM, [](int) {
        unlink(socket.c_str());
        unlink(lock.c_str());
        _exit(128 + SIGTERM);
    });
    iox::runtime::PoshRuntime::initRuntime(iox::RuntimeName_t(iox::cxx::TruncateToCapacity, name));
}

static void master(const bench::Run& run) {
    iox::RouDiConfig_t config;
    iox::mepoo::MePooConfig pools;
    pools.addMemPool({static_cast<uint32_t>((chunk_length(run) + 31) / 32 * 32), SLOTS});
    const auto group = iox::posix::PosixGroup::getGroupOfCurrentProcess().getName();
    config.m_sharedMemorySegments.push_back({group, group, pools});
    iox::roudi::IceOryxRouDiComponents components(config);
    iox::roudi::RouDi roudi(
        components.rouDiMemoryManager, components.portManager,
        iox::roudi::RouDi::RoudiStartupParameters{iox::roudi::MonitoringMode::OFF, false});
    bench::report("ready");
    run.await_schedule();
    bench::report("serving");
    const sigset_t ends = end_signals();
    int signal = 0;
    sigwait(&ends, &signal);
}

static void writer(const bench::Run& run) {
    connect(run.name + "-writer");
    iox::popo::PublisherOptions options;
    options.subscriberTooSlowPolicy = run.is_flat_out ? iox::popo::ConsumerTooSlowPolicy::WAIT_FOR_CONSUMER
                                                      : iox::popo::ConsumerTooSlowPolicy::DISCARD_OLDEST_DATA;
    iox::popo::UntypedPublisher publisher(service(run), options);
    bench::write(run, [&](const Header& header) {
        publisher.loan(chunk_length(run), alignof(Header))
            .and_then([&](void* chunk) {
                std::memcpy(chunk, &header, sizeof header);
                publisher.publish(chunk);
            })
            .or_else([](auto) { throw std::runtime_error("no chunk is free"); });
    });
    bench::wait_until(bench::now_ns() + 500'000'000);  // what is published goes with the process
}

static void reader(const bench::Run& run) {
    connect(run.name + "-reader");
    iox::popo::SubscriberOptions options;
    options.queueCapacity = QUEUE;
    options.queueFullPolicy =
        run.is_flat_out ? iox::popo::QueueFullPolicy::BLOCK_PRODUCER : iox::popo::QueueFullPolicy::DISCARD_OLDEST_DATA;
    iox::popo::UntypedSubscriber subscriber(service(run), options);
    iox::popo::WaitSet<> waits;
    waits.attachState(subscriber, iox::popo::SubscriberState::HAS_DATA).or_else([](auto) {
        throw std::runtime_error("the wait set takes no subscriber");
    });
    bench::Reader reader(run);
    reader.read([&] {
        if (!run.is_spinning) {
            waits.timedWait(iox::units::Duration::fromMilliseconds(100));
        }
        while (true) {
            bool has_frame = false;
            subscriber.take().and_then([&](const void* chunk) {
                has_frame = true;
                const auto* head = iox::mepoo::ChunkHeader::fromUserPayload(chunk);
                Header header{};
                std::memcpy(&header, chunk, sizeof header);
                reader.arrived(header, head->userPayloadSize() - sizeof header);
                subscriber.release(chunk);
            });
            if (!has_frame) {
                break;
            }
        }
    });
}

int main(int argc, char** argv) {
    if (argc > 1 && std::string(argv[1]) == "master") {
        const sigset_t ends = end_signals();
        pthread_sigmask(SIG_BLOCK, &ends, nullptr);  // for all threads: the main thread waits for them
    }
    iox::log::LogManager::GetLogManager().SetDefaultLogLevel(iox::log::LogLevel::kError);
    return bench::guarded(argc, argv, [](const bench::Run& run) {
        run.role == "master" ? master(run) : run.role == "writer" ? writer(run) : reader(run);
    });
}
