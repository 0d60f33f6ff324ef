// SPDX-License-Identifier: LGPL-2.1-or-later
// A board with mains, a battery and a thermal zone. Their state is four page registers of the DMA controller, which
// emulated machines keep and use for nothing else; guest/vm/board.py writes them through /dev/port.
DefinitionBlock ("board.aml", "SSDT", 2, "LWM2MD", "BOARD", 1)
{
    Scope (\_SB)
    {
        // per cent; 1: discharging, 2: charging, 4: critical, as _BST has them
        OperationRegion (PAGE, SystemIO, 0x81, 0x0B)
        Field (PAGE, ByteAcc, NoLock, Preserve)
        {
            LEVL, 8,
            FLOW, 8,
            MAIN, 8,
            Offset (0x06),
            HEAT, 8
        }
        // what the kernel was told of last
        Name (LAST, 0xFF)
        Name (LASF, 0xFF)
        Name (LASM, 0xFF)

        Device (ADP1)
        {
            Name (_HID, "ACPI0003")
            Name (_PCL, Package () { \_SB })
            Method (_PSR) { Return (MAIN) }
        }

        Device (BAT1)
        {
            Name (_HID, EisaId ("PNP0C0A"))
            Name (_UID, 1)
            Name (_PCL, Package () { \_SB })
            Method (_STA) { Return (0x1F) }
            // in mA and mAh: 4000 of them, warns at 10 %, low at 5 %
            Name (_BIF, Package ()
            {
                1, 4000, 4000, 1, 12000, 400, 200, 10, 10, "Cell", "B-1", "LION", "Bench Works"
            })
            // what flows does not change, 900 mA
            Method (_BST, 0, Serialized)
            {
                Name (NOW, Package () { 0, 900, 0, 11800 })
                NOW [0] = FLOW
                NOW [2] = LEVL * 40
                Return (NOW)
            }
        }
    }

    Scope (\_TZ)
    {
        ThermalZone (ZONE)
        {
            // The kernel looks twice a second: so it hears of the other two, as from an embedded controller.
            Name (_TZP, 5)
            Method (_CRT) { Return (3932) }
            Method (_TMP, 0, Serialized)
            {
                If (\_SB.LEVL != \_SB.LAST || \_SB.FLOW != \_SB.LASF)
                {
                    \_SB.LAST = \_SB.LEVL
                    \_SB.LASF = \_SB.FLOW
                    Notify (\_SB.BAT1, 0x80)
                }
                If (\_SB.MAIN != \_SB.LASM)
                {
                    \_SB.LASM = \_SB.MAIN
                    Notify (\_SB.ADP1, 0x80)
                }
                Return (2732 + \_SB.HEAT * 10)
            }
        }
    }
}
