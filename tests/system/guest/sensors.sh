# SPDX-License-Identifier: LGPL-2.1-or-later
# Battery, thermal zone and sensor of a host that is a directory of files, through the sandbox; the clock's zone; the reset.

read_here()
{
        busctl call -- "${manager[@]}" Read s "$1"
}

check "the battery is there" says '"/3/0/9" x 77' read_here /3/0/9
check "with its voltage" says 'x 11800' read_here /3/0/7
check "the thermal zone is a temperature" says '"/3303/0/5700" d 45' read_here /3303/0/5700
check "so is the sensor of hwmon" says '"/3303/1/5700" d 25.5' read_here /3303/1/5700
check "timedated sets the zone" busctl call -- "${manager[@]}" Write sv /3/0/15 s Asia/Kathmandu
check "and it is set" says 'Asia/Kathmandu' readlink /etc/localtime
check "its offset is told" says '[+]05:45' read_here /3/0/14
check "an offset is a zone" busctl call -- "${manager[@]}" Write sv /3/0/14 s +00:00
check "a server's word for a sensor is kept" busctl call -- "${manager[@]}" Write sv /3303/0/5750 s oven
check "in the state" says '/3303/0 thermal/acpitz/temp oven' cat /var/lib/lwm2md/sensors
check "a factory reset is asked for" busctl call -- "${manager[@]}" Execute ss /3/0/5 ''
check "afterwards the word is forgotten" within 15 says '"/3303/0/5750" s "acpitz"' read_here /3303/0/5750
