/**
 * ROS 1: {@code sensor_msgs/Image} and {@code CompressedImage} over TCPROS. The protocols are those of the ROS wiki:
 * Master API, Slave API, TCPROS.
 */
package io.aeroframe.apps.bridge.ros;
