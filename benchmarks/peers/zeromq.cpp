// ZeroMQ PUB/SUB in C: frames as bytes, without a copy by the writer.

#include "harness.hpp"

#include <zmq.h>

using bench::Header;

static void check(int status, const char* what) {
    if (status < 0) {
        throw std::runtime_error(std::string(what) + ": " + zmq_strerror(zmq_errno()));
    }
}

static void writer(const bench::Run& run, void* socket, std::vector<uint8_t>& picture) {
    if (run.is_flat_out) {
        const int no_drop = 1;  // or most frames would be dropped
        check(zmq_setsockopt(socket, ZMQ_XPUB_NODROP, &no_drop, sizeof no_drop), "ZMQ_XPUB_NODROP");
    }
    check(zmq_bind(socket, ("ipc://" + run.path("socket")).c_str()), "bind");
    bench::write(run, [&](const Header& header) {
        check(zmq_send(socket, &header, sizeof header, ZMQ_SNDMORE), "send");
        zmq_msg_t message;
        // The picture outlives the context, so there is nothing to release.
        check(zmq_msg_init_data(
                  &message, picture.data(), picture.size(), [](void*, void*) {}, nullptr),
              "message");
        check(zmq_msg_send(&message, socket, 0), "send");
    });
}

static void reader(const bench::Run& run, void* socket) {
    const int timeout_ms = 100;
    check(zmq_setsockopt(socket, ZMQ_RCVTIMEO, &timeout_ms, sizeof timeout_ms), "ZMQ_RCVTIMEO");
    check(zmq_setsockopt(socket, ZMQ_SUBSCRIBE, "", 0), "ZMQ_SUBSCRIBE");
    check(zmq_connect(socket, ("ipc://" + run.path("socket")).c_str()), "connect");
    bench::Reader reader(run);
    reader.read([&] {
        Header header{};
        if (zmq_recv(socket, &header, sizeof header, 0) < 0) {
            return;
        }
        zmq_msg_t message;
        zmq_msg_init(&message);
        check(zmq_msg_recv(&message, socket, 0), "receive");
        reader.arrived(header, zmq_msg_size(&message));
        zmq_msg_close(&message);
    });
}

int main(int argc, char** argv) {
    return bench::guarded(argc, argv, [](const bench::Run& run) {
        std::vector<uint8_t> picture = run.picture();
        void* context = zmq_ctx_new();
        void* socket = zmq_socket(context, run.role == "writer" ? ZMQ_PUB : ZMQ_SUB);
        run.role == "writer" ? writer(run, socket, picture) : reader(run, socket);
        zmq_close(socket);
        zmq_ctx_term(context);
    });
}
