"""Where pictures come from: a camera of the network, a USB camera, a video, a folder. Loaded only for a gateway that has a camera."""
