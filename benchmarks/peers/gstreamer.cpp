// GStreamer shmsink and shmsrc, fed by appsrc and read by appsink. The stamp and the number are in the frame.
//
// The writer asks shmsink for its memory, as videotestsrc does, so that a frame is written where the reader finds it.

#include "harness.hpp"

#include <gst/app/gstappsink.h>
#include <gst/app/gstappsrc.h>
#include <gst/gst.h>

using bench::Header;

static const char* const SLOTS = "16";

static GstElement* launch(const std::string& description) {
    GError* error = nullptr;
    GstElement* pipeline = gst_parse_launch(description.c_str(), &error);
    if (error != nullptr) {
        throw std::runtime_error(error->message);
    }
    if (gst_element_set_state(pipeline, GST_STATE_PLAYING) == GST_STATE_CHANGE_FAILURE) {
        throw std::runtime_error("the pipeline does not start: " + description);
    }
    return pipeline;
}

static GstElement* element(GstElement* pipeline, const char* name) {
    return gst_bin_get_by_name(GST_BIN(pipeline), name);
}

static GstCaps* caps(const bench::Run& run) {
    return gst_caps_new_simple("video/x-raw", "format", G_TYPE_STRING, "BGR", "width", G_TYPE_INT, run.width, "height",
                               G_TYPE_INT, run.height, "framerate", GST_TYPE_FRACTION, 0, 1, nullptr);
}

static GstAllocator* shared_memory(GstElement* source, GstCaps* caps, GstAllocationParams* parameters) {
    GstPad* pad = gst_element_get_static_pad(source, "src");
    GstQuery* query = gst_query_new_allocation(caps, FALSE);
    GstAllocator* allocator = nullptr;
    if (gst_pad_peer_query(pad, query) && gst_query_get_n_allocation_params(query) > 0) {
        gst_query_parse_nth_allocation_param(query, 0, &allocator, parameters);
    }
    gst_query_unref(query);
    gst_object_unref(pad);
    if (allocator == nullptr) {
        throw std::runtime_error("shmsink offers no memory");
    }
    return allocator;
}

static void writer(const bench::Run& run) {
    const std::string size = std::to_string(std::stoul(SLOTS) * (run.frame_length() + 4096));
    GstElement* pipeline =
        launch("appsrc name=source is-live=true format=time max-buffers=1 block=true ! shmsink name=sink sync=false"
               " wait-for-connection=true shm-size="
               + size + " socket-path=" + run.path("socket"));
    GstElement* source = element(pipeline, "source");
    GstCaps* format = caps(run);
    gst_app_src_set_caps(GST_APP_SRC(source), format);
    GstAllocationParams parameters;
    gst_allocation_params_init(&parameters);
    GstAllocator* allocator = shared_memory(source, format, &parameters);
    bench::write(run, [&](const Header& header) {
        GstBuffer* buffer = gst_buffer_new_allocate(allocator, run.frame_length(), &parameters);
        if (buffer == nullptr) {
            throw std::runtime_error("shmsink has no memory left");
        }
        gst_buffer_fill(buffer, 0, &header, sizeof header);
        if (gst_app_src_push_buffer(GST_APP_SRC(source), buffer) != GST_FLOW_OK) {
            throw std::runtime_error("shmsink does not take a frame");
        }
    });
    // The reader ends at the last frame and closes its socket; the pipeline may then go.
    gst_app_src_end_of_stream(GST_APP_SRC(source));
    GstBus* bus = gst_element_get_bus(pipeline);
    gst_message_unref(gst_bus_timed_pop_filtered(
        bus, 5 * GST_SECOND, static_cast<GstMessageType>(GST_MESSAGE_EOS | GST_MESSAGE_ERROR)));
    gst_element_set_state(pipeline, GST_STATE_NULL);
}

static void reader(const bench::Run& run) {
    while (access(run.path("socket").c_str(), F_OK) != 0) {
        bench::wait_until(bench::now_ns() + 5'000'000);
    }
    GstElement* pipeline = launch("shmsrc name=source is-live=true socket-path=" + run.path("socket")
                                  + " ! appsink name=sink sync=false max-buffers=4");
    GstElement* sink = element(pipeline, "sink");
    bench::Reader reader(run);
    reader.read([&] {
        GstSample* sample = gst_app_sink_try_pull_sample(GST_APP_SINK(sink), 100 * GST_MSECOND);
        if (sample == nullptr) {
            return;
        }
        GstMapInfo map;
        gst_buffer_map(gst_sample_get_buffer(sample), &map, GST_MAP_READ);
        Header header{};
        std::memcpy(&header, map.data, sizeof header);
        reader.arrived(header, map.size);
        gst_buffer_unmap(gst_sample_get_buffer(sample), &map);
        gst_sample_unref(sample);
    });
    gst_element_set_state(pipeline, GST_STATE_NULL);
}

int main(int argc, char** argv) {
    return bench::guarded(argc, argv, [](const bench::Run& run) {
        gst_init(nullptr, nullptr);
        run.role == "writer" ? writer(run) : reader(run);
    });
}
