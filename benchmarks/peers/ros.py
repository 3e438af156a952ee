"""ROS 1: a node that publishes sensor_msgs/Image (or CompressedImage), and one that subscribes.

A third process is the master.
"""

import os
import time

from harness import Reader, Run, send_report, wait_for_file, write

TOPIC = "/camera/image"


def master(run):
    from rosmaster.master import Master

    server = Master(0)
    server.start()
    with open(run.path("master.part"), "w") as file:
        file.write(server.uri)
    os.rename(run.path("master.part"), run.path("master"))
    send_report("ready")
    run.await_schedule()
    send_report("serving")
    while True:
        time.sleep(3600)  # until the parent kills this process


def node(run):
    """Registers this process as a node with the run's own master."""
    wait_for_file(run.path("master"))
    with open(run.path("master")) as file:
        os.environ["ROS_MASTER_URI"] = file.read()
    import rospy

    rospy.init_node(run.role, disable_signals=True)
    return rospy


def message_type(run):
    from sensor_msgs.msg import CompressedImage, Image

    return CompressedImage if run.quality else Image


def writer(run):
    rospy = node(run)
    publisher = rospy.Publisher(TOPIC, message_type(run), queue_size=10, tcp_nodelay=True)
    message = message_type(run)()
    if run.quality:
        message.format = "jpeg"
    else:
        message.height, message.width, _ = run.shape
        message.encoding, message.step = "bgr8", message.width * 3

    def send(stamp, number, payload):
        message.header.stamp = rospy.Time(*divmod(stamp, 1_000_000_000))
        message.header.frame_id = str(number)
        message.data = payload.tobytes()
        publisher.publish(message)

    while not publisher.get_num_connections():
        time.sleep(0.005)
    return write(run, send)


def reader(run):
    rospy = node(run)
    arrivals = Reader(run)

    def on_message(message):
        arrivals.arrived(message.header.stamp.to_nsec(), int(message.header.frame_id), message.data)

    rospy.Subscriber(TOPIC, message_type(run), on_message, queue_size=10, buff_size=1 << 26, tcp_nodelay=True)
    send_report("ready")
    while not arrivals.ended.wait(0.2) and not arrivals.is_late():
        pass
    return arrivals.result()


if __name__ == "__main__":
    run = Run("master")
    os.environ["ROS_IP"] = "127.0.0.1"
    os.environ["ROS_HOME"] = run.directory
    os.environ["ROS_LOG_DIR"] = run.directory
    roles = {"master": master, "writer": writer, "reader": reader}
    send_report(*roles[run.role](run))
    os._exit(0)  # or the node's threads would wait for the master
