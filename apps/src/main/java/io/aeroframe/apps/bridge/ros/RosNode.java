package io.aeroframe.apps.bridge.ros;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.URI;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;

/**
 * A node with one topic: registered with the master for as long as it is open, again every two seconds, so that it
 * outlives the master. Others call it at its own address.
 */
final class RosNode implements AutoCloseable {

    private static final long REGISTER_INTERVAL_NS = TimeUnit.SECONDS.toNanos(2);
    private static final long RETRY_INTERVAL_NS = TimeUnit.MILLISECONDS.toNanos(200);
    private static final int SUCCESS = 1;
    private static final int ERROR = -1;

    private final URI master;
    private final String name;
    private final String topic;
    private final boolean isPublisher;
    private final String type;
    private final int dataPort;
    private final Consumer<List<String>> publishers;
    private final Consumer<String> report;
    private final String host;
    private final HttpServer server;
    private final Thread registrar;
    private volatile boolean isClosed;
    private boolean hasMaster = true;

    private RosNode(Builder builder) throws IOException {
        topic = builder.topic;
        isPublisher = builder.isPublisher;
        type = builder.type;
        dataPort = builder.dataPort;
        publishers = builder.publishers;
        report = builder.report;
        master = builder.environment.master();
        host = builder.environment.host();
        name = "/aeroframe_" + ProcessHandle.current().pid() + "_" + (isPublisher ? "sink" : "source");
        server = HttpServer.create(builder.environment.anyPort(), 0);
        server.createContext("/", this::handle);
        server.start();
        registrar = new Thread(this::stayRegistered, "aeroframe-ros");
        registrar.setDaemon(true);
        registrar.start();
    }

    /** The settings of a node. */
    static final class Builder {
        private final RosEnvironment environment;
        private final String topic;
        private final Consumer<String> report;
        private boolean isPublisher;
        private String type = TcpRos.ANY;
        private int dataPort;
        private Consumer<List<String>> publishers = apis -> {};

        Builder(RosEnvironment environment, String topic, Consumer<String> report) {
            this.environment = environment;
            this.topic = topic;
            this.report = report;
        }

        /** A node that publishes messages of a type, which subscribers get at a port. */
        Builder publisher(String messageType, int port) {
            isPublisher = true;
            type = messageType;
            dataPort = port;
            return this;
        }

        /** A node that subscribes. The consumer gets the addresses of all publishers, on any thread. */
        Builder subscriber(Consumer<List<String>> consumer) {
            publishers = consumer;
            return this;
        }

        RosNode open() throws IOException {
            return new RosNode(this);
        }
    }

    String name() {
        return name;
    }

    private String api() {
        return "http://" + host + ":" + server.getAddress().getPort() + "/";
    }

    private void stayRegistered() {
        while (!isClosed) {
            boolean isRegistered = register();
            LockSupport.parkNanos(isRegistered ? REGISTER_INTERVAL_NS : RETRY_INTERVAL_NS);
        }
    }

    private boolean register() {
        try {
            Object answer = XmlRpc.call(
                    master, isPublisher ? "registerPublisher" : "registerSubscriber", name, topic, type, api());
            List<?> values = checked(answer);
            if (!isPublisher && values.get(2) instanceof List<?> apis) {
                publishers.accept(apis.stream().map(Object::toString).toList());
            }
            if (!hasMaster) {
                report.accept("ros:" + topic + ": the ROS master at " + master + " is back");
            }
            hasMaster = true;
            return true;
        } catch (IOException ex) {
            if (hasMaster && !isClosed) {
                report.accept("ros:" + topic + ": the ROS master at " + master + " does not answer (" + ex.getMessage()
                        + "); it is tried again until it does");
            }
            hasMaster = false;
            return false;
        }
    }

    /** Every method of ROS returns a code, a message and a value. */
    static List<?> checked(Object answer) throws IOException {
        if (!(answer instanceof List<?> values) || values.size() < 3) {
            throw new IOException("not an answer of ROS: " + answer);
        }
        if (!Integer.valueOf(SUCCESS).equals(values.get(0))) {
            throw new IOException("refused: " + values.get(1));
        }
        return values;
    }

    private void handle(HttpExchange exchange) throws IOException {
        try (exchange) {
            byte[] answer;
            try {
                answer = XmlRpc.answer(answer(XmlRpc.readCall(exchange.getRequestBody())));
            } catch (IOException ex) {
                exchange.sendResponseHeaders(400, -1);
                return;
            }
            exchange.getResponseHeaders().set("Content-Type", "text/xml");
            exchange.sendResponseHeaders(200, answer.length);
            exchange.getResponseBody().write(answer);
        }
    }

    private List<Object> answer(XmlRpc.Call call) {
        List<Object> parameters = call.parameters();
        switch (call.method()) {
            case "publisherUpdate":
                if (!isPublisher
                        && parameters.size() == 3
                        && topic.equals(parameters.get(1))
                        && parameters.get(2) instanceof List<?> apis) {
                    publishers.accept(apis.stream().map(Object::toString).toList());
                }
                return List.of(SUCCESS, "", 0);
            case "requestTopic":
                return isPublisher && parameters.size() == 3 && topic.equals(parameters.get(1))
                        ? List.of(SUCCESS, "ready", List.of("TCPROS", host, dataPort))
                        : List.of(ERROR, "not published here", 0);
            case "getPid":
                return List.of(SUCCESS, "", (int) ProcessHandle.current().pid());
            case "getMasterUri":
                return List.of(SUCCESS, "", master.toString());
            case "getPublications":
                return List.of(SUCCESS, "", isPublisher ? List.of(List.of(topic, type)) : List.of());
            case "getSubscriptions":
                return List.of(SUCCESS, "", isPublisher ? List.of() : List.of(List.of(topic, type)));
            case "getBusInfo":
                return List.of(SUCCESS, "", List.of());
            case "getBusStats":
                return List.of(SUCCESS, "", List.of(List.of(), List.of(), List.of()));
            case "paramUpdate":
                return List.of(SUCCESS, "", 0);
            default:
                return List.of(ERROR, "unknown method " + call.method(), 0);
        }
    }

    @Override
    public void close() {
        isClosed = true;
        LockSupport.unpark(registrar);
        try {
            registrar.join(TimeUnit.SECONDS.toMillis(5));
        } catch (InterruptedException ex) {
            Thread.currentThread().interrupt();
        }
        if (hasMaster) {
            try {
                XmlRpc.call(master, isPublisher ? "unregisterPublisher" : "unregisterSubscriber", name, topic, api());
            } catch (IOException ex) {
                report.accept("ros:" + topic + ": the ROS master at " + master + " does not know of the end: "
                        + ex.getMessage());
            }
        }
        server.stop(0);
    }
}
