// What the peers in C++ share: the schedule, the measurement and the reports, as in harness.py.
//
// A peer is started as its writer and as its reader, and as a master where both need one. Each prints that it is
// ready, reads the schedule from its standard input, and prints what it measured. It exits when its standard input
// ends, because then its parent is gone. CLOCK_MONOTONIC is one clock for all processes of a host.

#pragma once

#include <algorithm>
#include <atomic>
#include <cmath>
#include <csignal>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <fstream>
#include <iostream>
#include <iterator>
#include <stdexcept>
#include <string>
#include <thread>
#include <vector>

#include <time.h>
#include <unistd.h>

namespace bench {

constexpr int64_t END = -1;                      // the frame number that marks the end of the stream
constexpr int64_t SPIN_NS = 200'000;             // a thread that sleeps may wake up this late: it spins for the rest
constexpr int64_t PATIENCE_NS = 20'000'000'000;  // how long a reader waits for the end after the measured part
constexpr int64_t BEHIND_NS = 5'000'000'000;     // a writer that is later than this gives up

struct Header {
    int64_t stamp;
    int64_t number;
};

inline int64_t clock_ns(clockid_t clock) {
    timespec now{};
    clock_gettime(clock, &now);
    return now.tv_sec * 1'000'000'000 + now.tv_nsec;
}

inline int64_t now_ns() { return clock_ns(CLOCK_MONOTONIC); }
inline int64_t cpu_ns() { return clock_ns(CLOCK_PROCESS_CPUTIME_ID); }

// Whether this process was asked to end: it then returns from what it does and removes what it made.
inline volatile std::sig_atomic_t is_terminated = 0;

inline void wait_until(int64_t time_ns) {
    for (int64_t left_ns = time_ns - now_ns(); left_ns > 0 && !is_terminated; left_ns = time_ns - now_ns()) {
        if (left_ns > SPIN_NS) {
            const timespec pause{(left_ns - SPIN_NS) / 1'000'000'000, (left_ns - SPIN_NS) % 1'000'000'000};
            nanosleep(&pause, nullptr);
        }
    }
}

// When the frames of a run are due, and which of them are measured.
struct Schedule {
    int64_t start_ns = 0;
    int64_t measured_start_ns = 0;
    int64_t end_ns = 0;
    double period_ns = 0;

    int64_t scheduled(int64_t number, int64_t otherwise_ns) const {
        return period_ns > 0 ? start_ns + static_cast<int64_t>(std::floor(number * period_ns)) : otherwise_ns;
    }

    bool is_measured(int64_t scheduled_ns) const {
        return scheduled_ns >= measured_start_ns && scheduled_ns < end_ns;
    }
};

// The options of this process, and the schedule once it has arrived.
class Run {
public:
    Run(int argc, char** argv) : role(argc > 1 ? argv[1] : "") {
        for (int i = 2; i < argc; i++) {
            const std::string option = argv[i];
            if (option == "--flat-out") {
                is_flat_out = true;
            } else if (option == "--spin") {
                is_spinning = true;
            } else if (i + 1 == argc) {
                throw std::runtime_error("unknown option or missing value: " + option);
            } else if (option == "--directory") {
                directory = argv[++i];
            } else if (option == "--name") {
                name = argv[++i];
            } else if (option == "--width") {
                width = std::atoi(argv[++i]);
            } else if (option == "--height") {
                height = std::atoi(argv[++i]);
            } else if (option == "--late-ms") {
                late_ns = std::atoll(argv[++i]) * 1'000'000;
            } else if (option == "--stall-ms") {
                stall_ns = std::atoll(argv[++i]) * 1'000'000;
            } else if (option == "--drop") {
                drop = std::atoi(argv[++i]);
            } else {
                throw std::runtime_error("unknown option " + option);
            }
        }
        std::thread([this] { listen(); }).detach();
    }

    std::string path(const std::string& file) const { return directory + "/" + file; }

    size_t frame_length() const { return static_cast<size_t>(width) * height * 3; }

    std::vector<uint8_t> picture() const {
        std::ifstream file(path("picture.bgr"), std::ios::binary);
        std::vector<uint8_t> bytes{std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
        if (bytes.size() != frame_length()) {
            throw std::runtime_error("the picture has " + std::to_string(bytes.size()) + " bytes");
        }
        return bytes;
    }

    const Schedule* schedule() const { return has_schedule_.load(std::memory_order_acquire) ? &schedule_ : nullptr; }

    const Schedule& await_schedule() const {
        while (schedule() == nullptr && !is_terminated) {
            wait_until(now_ns() + 1'000'000);
        }
        return schedule_;
    }

    std::string role;
    std::string directory;
    std::string name;
    int width = 0;
    int height = 0;
    bool is_flat_out = false;  // send as fast as possible, without a schedule
    bool is_spinning = false;  // the reader polls and does not sleep
    int64_t late_ns = 0;       // the reader is late by this before its stamp
    int64_t stall_ns = 0;      // the writer is late by this after its stamp
    int drop = 0;              // the reader drops so many measured frames

private:
    void listen() {
        std::string line;
        while (std::getline(std::cin, line)) {
            // go, start of the warm-up, its end, start of the measured part, its end, period
            long long start, warmup_end, measured, end;
            double period;
            if (std::sscanf(line.c_str(), "%*s %lld %lld %lld %lld %lf", &start, &warmup_end, &measured, &end, &period)
                == 5) {
                schedule_ = Schedule{start, measured, end, period};
                has_schedule_.store(true, std::memory_order_release);
            }
        }
        kill(getpid(), SIGTERM);
    }

    Schedule schedule_;
    std::atomic<bool> has_schedule_{false};
};

inline void report(const std::string& words) {
    std::cout << "bench-peer " << words << std::endl;
}

// Sends frames on schedule with send(header). The last one has the number END.
template <typename Send>
void write(const Run& run, Send send) {
    report("ready");
    const Schedule& schedule = run.await_schedule();
    int64_t number = 0, sent = 0, start_ns = 0, start_cpu_ns = 0;
    while (!is_terminated) {
        const int64_t scheduled_ns = schedule.scheduled(number, now_ns());
        if (scheduled_ns >= schedule.end_ns) {
            break;
        }
        const bool is_measured = schedule.is_measured(scheduled_ns);
        if (is_measured && start_ns == 0) {
            start_ns = now_ns();
            start_cpu_ns = cpu_ns();
        }
        wait_until(std::max(scheduled_ns, schedule.start_ns));
        const int64_t stamp = now_ns();
        if (run.stall_ns > 0) {
            wait_until(stamp + run.stall_ns);
        }
        send(Header{stamp, number});
        sent += is_measured;
        number++;
        if (now_ns() > schedule.end_ns + BEHIND_NS) {
            throw std::runtime_error("more than 5 s behind the schedule: use a lower --fps, or max");
        }
    }
    wait_until(schedule.end_ns);
    if (is_terminated) {
        return;
    }
    const int64_t elapsed_ns = now_ns() - start_ns, used_ns = cpu_ns() - start_cpu_ns;
    send(Header{now_ns(), END});
    report("written " + std::to_string(run.frame_length()) + " " + std::to_string(sent) + " " + std::to_string(used_ns)
           + " " + std::to_string(elapsed_ns));
}

// Records the frames that arrive.
class Reader {
public:
    explicit Reader(const Run& run) : run_(run) { latencies_.reserve(1 << 20); }

    void arrived(const Header& header, size_t length) {
        if (header.number == END) {
            is_ended_ = true;
            return;
        }
        if (run_.late_ns > 0) {
            wait_until(now_ns() + run_.late_ns);
        }
        const int64_t now = now_ns();  // the reader has the frame's bytes
        const Schedule* schedule = run_.schedule();
        const bool is_measured =
            schedule != nullptr && schedule->is_measured(schedule->scheduled(header.number, header.stamp));
        if (is_measured && dropped_ < run_.drop) {
            dropped_++;
            return;
        }
        disordered_ += header.number < next_ || length != run_.frame_length();
        next_ = header.number + 1;
        if (is_measured) {
            latencies_.push_back(now - header.stamp);
            if (start_ns_ == 0) {
                start_ns_ = now_ns();
                start_cpu_ns_ = cpu_ns();
            }
        }
    }

    // Calls receive() until the stream has ended; it passes what there is to arrived().
    template <typename Receive>
    void read(Receive receive) {
        report("ready");
        while (!is_ended_ && !is_late() && !is_terminated) {
            receive();
        }
        const int64_t elapsed_ns = now_ns() - start_ns_, used_ns = cpu_ns() - start_cpu_ns_;
        std::string words =
            "read " + std::to_string(disordered_) + " " + std::to_string(used_ns) + " " + std::to_string(elapsed_ns);
        for (const int64_t latency : latencies_) {
            words += " " + std::to_string(latency);
        }
        report(words);
    }

private:
    bool is_late() const {
        const Schedule* schedule = run_.schedule();
        return schedule != nullptr && now_ns() > schedule->end_ns + PATIENCE_NS;
    }

    const Run& run_;
    std::vector<int64_t> latencies_;
    int64_t disordered_ = 0, next_ = 0, start_ns_ = 0, start_cpu_ns_ = 0;
    int dropped_ = 0;
    bool is_ended_ = false;
};

// Runs a peer's main function; an error ends the process with one line.
template <typename Main>
int guarded(int argc, char** argv, Main main) {
    std::signal(SIGTERM, [](int) { is_terminated = 1; });
    try {
        static Run run(argc, argv);  // its listener runs until the process ends
        main(run);
        std::cout.flush();
        return 0;
    } catch (const std::exception& error) {
        std::cerr << error.what() << std::endl;
        return 1;
    }
}

}  // namespace bench
