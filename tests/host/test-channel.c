/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Names and numbers of the kernel's sensors. */
#include <string.h>

#include "host/channel.h"
#include "host/suite.h"

/* `name` NULL: the file is no value of a sensor. */
static const struct {
        const char *file, *name;
        LwQuantity quantity;
        double factor;
} hwmon[] = {
        { "temp1_input", "temp1", LW_QUANTITY_TEMPERATURE, 1e-3 },
        { "temp12_input", "temp12", LW_QUANTITY_TEMPERATURE, 1e-3 },
        { "in0_input", "in0", LW_QUANTITY_VOLTAGE, 1e-3 },
        { "curr3_input", "curr3", LW_QUANTITY_CURRENT, 1e-3 },
        { "power1_input", "power1", LW_QUANTITY_POWER, 1e-6 },
        { "power1_average", "power1", LW_QUANTITY_POWER, 1e-6 },
        { "humidity1_input", "humidity1", LW_QUANTITY_HUMIDITY, 1e-3 },
        { "fan2_input", "fan2", LW_QUANTITY_RATE, 1 },
        { "freq1_input", "freq1", LW_QUANTITY_FREQUENCY, 1 },
        { "temp1_average", NULL, 0, 0 },
        { "temp1_max", NULL, 0, 0 },
        { "temp_input", NULL, 0, 0 },
        { "temp1_inputs", NULL, 0, 0 },
        { "temp12345_input", NULL, 0, 0 },
        { "xtemp1_input", NULL, 0, 0 },
        { "energy1_input", NULL, 0, 0 },
        { "pwm1", NULL, 0, 0 },
        { "in0", NULL, 0, 0 },
        { "", NULL, 0, 0 },
        { "_input", NULL, 0, 0 },
};

START_TEST(files_of_hwmon)
{
        LwChannelFile file = {};
        bool known = lw_channel_file_of_hwmon(hwmon[_i].file, &file);

        ck_assert_int_eq(known, hwmon[_i].name != NULL);
        if (!known)
                return;
        ck_assert_uint_eq(file.name_length, strlen(hwmon[_i].name));
        ck_assert_int_eq(file.quantity, hwmon[_i].quantity);
        ck_assert_double_eq(file.factor, hwmon[_i].factor);
        ck_assert(!file.is_raw);
}
END_TEST

static const struct {
        const char *file, *name;
        LwQuantity quantity;
        double factor;
        unsigned axis;
        bool is_raw;
} iio[] = {
        { "in_temp_input", "in_temp", LW_QUANTITY_TEMPERATURE, 1e-3, 0, false },
        { "in_temp_raw", "in_temp", LW_QUANTITY_TEMPERATURE, 1e-3, 0, true },
        { "in_temp_object_raw", "in_temp_object", LW_QUANTITY_TEMPERATURE, 1e-3, 0, true },
        { "in_humidityrelative_input", "in_humidityrelative", LW_QUANTITY_HUMIDITY, 1e-3, 0,
                        false },
        { "in_pressure_input", "in_pressure", LW_QUANTITY_PRESSURE, 1e3, 0, false },
        { "in_illuminance_raw", "in_illuminance", LW_QUANTITY_ILLUMINANCE, 1, 0, true },
        { "in_illuminance0_input", "in_illuminance0", LW_QUANTITY_ILLUMINANCE, 1, 0, false },
        { "in_voltage3_raw", "in_voltage3", LW_QUANTITY_VOLTAGE, 1e-3, 0, true },
        { "in_voltage0-voltage1_raw", "in_voltage0-voltage1", LW_QUANTITY_VOLTAGE, 1e-3, 0, true },
        { "in_current2_raw", "in_current2", LW_QUANTITY_CURRENT, 1e-3, 0, true },
        { "in_power1_raw", "in_power1", LW_QUANTITY_POWER, 1e-3, 0, true },
        { "in_accel_x_raw", "in_accel", LW_QUANTITY_ACCELERATION, 1, 0, true },
        { "in_accel_z_raw", "in_accel", LW_QUANTITY_ACCELERATION, 1, 2, true },
        { "in_anglvel_y_raw", "in_anglvel", LW_QUANTITY_ROTATION, 1, 1, true },
        { "in_magn_y_raw", "in_magn", LW_QUANTITY_MAGNETIC, 1e-4, 1, true },
        { "in_concentration_co2_raw", "in_concentration_co2", LW_QUANTITY_CONCENTRATION, 1e4, 0,
                        true },
        { "in_ph_raw", "in_ph", LW_QUANTITY_ACIDITY, 1, 0, true },
        { "in_electricalconductivity_raw", "in_electricalconductivity", LW_QUANTITY_CONDUCTIVITY, 1,
                        0, true },
        { "in_distance_input", "in_distance", LW_QUANTITY_DISTANCE, 1, 0, false },
        { "in_accel_raw", NULL, 0, 0, 0, false },
        { "in_accel_w_raw", NULL, 0, 0, 0, false },
        { "in_accel_x&y_raw", NULL, 0, 0, 0, false },
        { "in_rot_quaternion_raw", NULL, 0, 0, 0, false },
        { "in_intensity_both_raw", NULL, 0, 0, 0, false },
        { "in_temp_scale", NULL, 0, 0, 0, false },
        { "out_voltage0_raw", NULL, 0, 0, 0, false },
        { "in_raw", NULL, 0, 0, 0, false },
        { "in__raw", NULL, 0, 0, 0, false },
        { "in_", NULL, 0, 0, 0, false },
        { "in", NULL, 0, 0, 0, false },
        { "", NULL, 0, 0, 0, false },
};

START_TEST(files_of_iio)
{
        LwChannelFile file = {};
        bool known = lw_channel_file_of_iio(iio[_i].file, &file);

        ck_assert_int_eq(known, iio[_i].name != NULL);
        if (!known)
                return;
        ck_assert_uint_eq(file.name_length, strlen(iio[_i].name));
        ck_assert_int_eq(file.quantity, iio[_i].quantity);
        ck_assert_double_eq(file.factor, iio[_i].factor);
        ck_assert_uint_eq(file.axis, iio[_i].axis);
        ck_assert_int_eq(file.is_raw, iio[_i].is_raw);
}
END_TEST

static const struct {
        const char *text;
        bool ok;
        double number;
} numbers[] = {
        { "25000\n", true, 25000 },
        { "-12500", true, -12500 },
        { "0\n", true, 0 },
        { "0.000244140\n", true, 0.00024414 },
        { " 7 \n", true, 7 },
        { "1e3\n", true, 1000 },
        { "", false, 0 },
        { "\n", false, 0 },
        { "25 C\n", false, 0 },
        { "1\n2\n", false, 0 },
        { "0x10\n", false, 0 },
        { "nan\n", false, 0 },
        { "inf\n", false, 0 },
        { "1e999\n", false, 0 },
        { "--1\n", false, 0 },
        { "1,5\n", false, 0 },
        { "\xff\xfe\n", false, 0 },
        { "1111111111111111111111111111111111111111111111111111111111111111", false, 0 },
};

START_TEST(numbers_are_numbers_alone)
{
        double number = 0;

        ck_assert_int_eq(lw_channel_parse_number(
                                         numbers[_i].text, strlen(numbers[_i].text), &number),
                        numbers[_i].ok);
        if (numbers[_i].ok)
                ck_assert_double_eq(number, numbers[_i].number);
}
END_TEST

START_TEST(a_nul_is_no_end)
{
        double number;

        ck_assert(!lw_channel_parse_number("25\0\n", 4, &number));
}
END_TEST

static const struct {
        const char *text;
        bool ok;
        double minimum, maximum;
} ranges[] = {
        { "[-2048 1 2047]\n", true, -2048, 2047 },
        { "[0.5 0.25 10 ]\n", true, 0.5, 10 },
        { "1 2 4 8\n", false, 0, 0 },
        { "[1 2]\n", false, 0, 0 },
        { "[5 1 2]\n", false, 0, 0 },
        { "[1 1 2", false, 0, 0 },
        { "[", false, 0, 0 },
        { "", false, 0, 0 },
};

START_TEST(ranges_have_three_numbers)
{
        double minimum = 0, maximum = 0;

        ck_assert_int_eq(lw_channel_parse_range(ranges[_i].text, strlen(ranges[_i].text), &minimum,
                                         &maximum),
                        ranges[_i].ok);
        if (!ranges[_i].ok)
                return;
        ck_assert_double_eq(minimum, ranges[_i].minimum);
        ck_assert_double_eq(maximum, ranges[_i].maximum);
}
END_TEST

TCase *test_channel(void)
{
        TCase *tcase = tcase_create("channel");

        tcase_add_loop_test(tcase, files_of_hwmon, 0, G_N_ELEMENTS(hwmon));
        tcase_add_loop_test(tcase, files_of_iio, 0, G_N_ELEMENTS(iio));
        tcase_add_loop_test(tcase, numbers_are_numbers_alone, 0, G_N_ELEMENTS(numbers));
        tcase_add_test(tcase, a_nul_is_no_end);
        tcase_add_loop_test(tcase, ranges_have_three_numbers, 0, G_N_ELEMENTS(ranges));
        return tcase;
}
