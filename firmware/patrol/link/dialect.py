"""Ids, layouts and checksum seeds of the messages that the car sends or accepts.

Generated from patrol.xml by patrolcar.link.generate: `make dialect` writes it again.
MESSAGES holds five bytes a message: id (low, high), payload length, CRC_EXTRA, and the offset of
target_system or 255. The length of a message that is only sent reaches as far as what is filled.
"""

MESSAGES = (
    b"\x1e\x00\x1c\x27\xff"  # ATTITUDE
    b"\x84\xcb\x18\xa6\xff"  # WHEEL_STATUS
    b"\x84\x00\x27\x55\xff"  # DISTANCE_SENSOR
    b"\x20\x00\x1c\xb9\xff"  # LOCAL_POSITION_NED
    b"\x85\xcb\x2e\x03\xff"  # LOOP_TIMING
    b"\x01\x00\x1f\x7c\xff"  # SYS_STATUS
    b"\x00\x00\x09\x32\xff"  # HEARTBEAT
    b"\x93\x00\x29\x9a\xff"  # BATTERY_STATUS
    b"\x86\xcb\x10\xa6\xff"  # FLOOR_STATUS
    b"\x89\xcb\x0b\x56\xff"  # TASK_TIMING
    b"\x21\x00\x1c\x68\xff"  # GLOBAL_POSITION_INT
    b"\x4a\x00\x14\x14\xff"  # VFR_HUD
    b"\x18\x00\x1e\x18\xff"  # GPS_RAW_INT
    b"\xfd\x00\x33\x53\xff"  # STATUSTEXT
    b"\x4d\x00\x0a\x8f\x08"  # COMMAND_ACK
    b"\x16\x00\x19\xdc\xff"  # PARAM_VALUE
    b"\x6f\x00\x10\x22\xff"  # TIMESYNC
    b"\x04\x00\x0e\xed\x0c"  # PING
    b"\x94\x00\x3c\xb2\xff"  # AUTOPILOT_VERSION
    b"\xf2\x00\x34\x68\xff"  # HOME_POSITION
    b"\xf4\x00\x06\x5f\xff"  # MESSAGE_INTERVAL
    b"\x2c\x00\x05\xdd\x02"  # MISSION_COUNT
    b"\x2f\x00\x04\x99\x00"  # MISSION_ACK
    b"\x45\x00\x1e\xf3\x0a"  # MANUAL_CONTROL
    b"\x4c\x00\x21\x98\x1e"  # COMMAND_LONG
    b"\x4b\x00\x23\x9e\x1e"  # COMMAND_INT
    b"\x0b\x00\x06\x59\x04"  # SET_MODE
    b"\x15\x00\x02\x9f\x00"  # PARAM_REQUEST_LIST
    b"\x14\x00\x14\xd6\x02"  # PARAM_REQUEST_READ
    b"\x17\x00\x17\xa8\x04"  # PARAM_SET
    b"\x42\x00\x06\x94\x02"  # REQUEST_DATA_STREAM
    b"\x6d\x00\x09\xb9\xff"  # RADIO_STATUS
    b"\x6e\x00\x3c\x54\x01"  # FILE_TRANSFER_PROTOCOL
    b"\x2b\x00\x03\x84\x00"  # MISSION_REQUEST_LIST
    b"\x2d\x00\x03\xe8\x00"  # MISSION_CLEAR_ALL
)

ATTITUDE = 30
ATTITUDE_TIME_BOOT_MS = 0
ATTITUDE_ROLL = 4
ATTITUDE_PITCH = 8
ATTITUDE_YAW = 12
ATTITUDE_ROLLSPEED = 16
ATTITUDE_PITCHSPEED = 20
ATTITUDE_YAWSPEED = 24

WHEEL_STATUS = 52100
# time_boot_ms distance_left_mm distance_right_mm speed_left speed_right setpoint_left
# setpoint_right duty_left duty_right
WHEEL_STATUS_FORMAT = "<Iiihhhhhh"

DISTANCE_SENSOR = 132
# time_boot_ms min_distance max_distance current_distance type id orientation covariance
DISTANCE_SENSOR_FORMAT = "<IHHHBBBB"
DISTANCE_SENSOR_QUATERNION = 22
DISTANCE_SENSOR_SIGNAL_QUALITY = 38

LOCAL_POSITION_NED = 32
LOCAL_POSITION_NED_TIME_BOOT_MS = 0
LOCAL_POSITION_NED_X = 4
LOCAL_POSITION_NED_Y = 8
LOCAL_POSITION_NED_VX = 16
LOCAL_POSITION_NED_VY = 20

LOOP_TIMING = 52101
# time_boot_ms ticks frames_sent overruns frames_dropped load_permille worst_us bad_crc lost
# collections heap_free collection_us collection_worst_us texts_dropped texts_repeated exceptions
# reset_cause log_level
LOOP_TIMING_FORMAT = "<IIIIIHHHHHIHHHHHBB"

SYS_STATUS = 1
# onboard_control_sensors_present onboard_control_sensors_enabled onboard_control_sensors_health
# load voltage_battery current_battery drop_rate_comm errors_comm errors_count1 errors_count2
# errors_count3 errors_count4 battery_remaining
SYS_STATUS_FORMAT = "<IIIHHhHHHHHHb"

HEARTBEAT = 0
# custom_mode type autopilot base_mode system_status mavlink_version
HEARTBEAT_FORMAT = "<IBBBBB"
HEARTBEAT_TYPE = 4

BATTERY_STATUS = 147
# current_consumed energy_consumed temperature voltages[10] current_battery id battery_function
# type battery_remaining time_remaining charge_state
BATTERY_STATUS_FORMAT = "<iih10HhBBBbiB"

FLOOR_STATUS = 52102
# time_boot_ms cliff_left cliff_right line_left line_middle line_right present dark
FLOOR_STATUS_FORMAT = "<IHHHHHBB"

TASK_TIMING = 52105
# time_boot_ms runs mean_us worst_us task
TASK_TIMING_FORMAT = "<IHHHB"

GLOBAL_POSITION_INT = 33
GLOBAL_POSITION_INT_TIME_BOOT_MS = 0
GLOBAL_POSITION_INT_LAT = 4
GLOBAL_POSITION_INT_ALT = 12
GLOBAL_POSITION_INT_VX = 20
GLOBAL_POSITION_INT_HDG = 26

VFR_HUD = 74
VFR_HUD_GROUNDSPEED = 4
VFR_HUD_ALT = 8
VFR_HUD_HEADING = 16
VFR_HUD_THROTTLE = 18

GPS_RAW_INT = 24
GPS_RAW_INT_TIME_USEC = 0
GPS_RAW_INT_LAT = 8
GPS_RAW_INT_ALT = 16
GPS_RAW_INT_EPH = 20
GPS_RAW_INT_FIX_TYPE = 28

STATUSTEXT = 253
STATUSTEXT_SEVERITY = 0
STATUSTEXT_TEXT = 1

COMMAND_ACK = 77
# command result progress result_param2 target_system target_component
COMMAND_ACK_FORMAT = "<HBBiBB"

PARAM_VALUE = 22
PARAM_VALUE_PARAM_VALUE = 0
PARAM_VALUE_PARAM_COUNT = 4
PARAM_VALUE_PARAM_ID = 8
PARAM_VALUE_PARAM_TYPE = 24

TIMESYNC = 111
TIMESYNC_TC1 = 0
TIMESYNC_TS1 = 8

PING = 4
PING_TIME_USEC = 0
PING_SEQ = 8
PING_TARGET_SYSTEM = 12
PING_TARGET_COMPONENT = 13

AUTOPILOT_VERSION = 148
AUTOPILOT_VERSION_CAPABILITIES = 0
AUTOPILOT_VERSION_UID = 8
AUTOPILOT_VERSION_FLIGHT_SW_VERSION = 16
AUTOPILOT_VERSION_BOARD_VERSION = 28
AUTOPILOT_VERSION_FLIGHT_CUSTOM_VERSION = 36

HOME_POSITION = 242
HOME_POSITION_LATITUDE = 0
HOME_POSITION_ALTITUDE = 8
HOME_POSITION_X = 12
HOME_POSITION_Y = 16
HOME_POSITION_Q = 24
HOME_POSITION_APPROACH_Z = 48

MESSAGE_INTERVAL = 244
# interval_us message_id
MESSAGE_INTERVAL_FORMAT = "<iH"

MISSION_COUNT = 44
MISSION_COUNT_TARGET_SYSTEM = 2
MISSION_COUNT_MISSION_TYPE = 4

MISSION_ACK = 47
MISSION_ACK_TARGET_SYSTEM = 0
MISSION_ACK_TYPE = 2
MISSION_ACK_MISSION_TYPE = 3

MANUAL_CONTROL = 69
MANUAL_CONTROL_X = 0
MANUAL_CONTROL_R = 6

COMMAND_LONG = 76
COMMAND_LONG_PARAM1 = 0
COMMAND_LONG_PARAM2 = 4
COMMAND_LONG_COMMAND = 28

COMMAND_INT = 75
COMMAND_INT_PARAM1 = 0
COMMAND_INT_PARAM2 = 4
COMMAND_INT_X = 16
COMMAND_INT_Z = 24
COMMAND_INT_COMMAND = 28
COMMAND_INT_FRAME = 32

SET_MODE = 11
SET_MODE_CUSTOM_MODE = 0
SET_MODE_BASE_MODE = 5

PARAM_REQUEST_LIST = 21

PARAM_REQUEST_READ = 20
PARAM_REQUEST_READ_PARAM_INDEX = 0
PARAM_REQUEST_READ_PARAM_ID = 4

PARAM_SET = 23
PARAM_SET_PARAM_VALUE = 0
PARAM_SET_PARAM_ID = 6
PARAM_SET_PARAM_TYPE = 22

REQUEST_DATA_STREAM = 66
REQUEST_DATA_STREAM_REQ_MESSAGE_RATE = 0
REQUEST_DATA_STREAM_REQ_STREAM_ID = 4
REQUEST_DATA_STREAM_START_STOP = 5

RADIO_STATUS = 109
RADIO_STATUS_RSSI = 4
RADIO_STATUS_TXBUF = 6

FILE_TRANSFER_PROTOCOL = 110

MISSION_REQUEST_LIST = 43
MISSION_REQUEST_LIST_MISSION_TYPE = 2

MISSION_CLEAR_ALL = 45
MISSION_CLEAR_ALL_MISSION_TYPE = 2
