/**
 * Checks of what commonly goes wrong on a machine: {@link io.aeroframe.apps.doctor.Doctor} lists them, one class a
 * subject.
 */
package io.aeroframe.apps.doctor;
