/**
 * What is known of the file: what the camera wrote, where it was taken, where its bytes lie, and its labels.
 *
 * @module
 */
import type { Content, ContentFeatures } from 'fovea/client';
import { MapPin } from 'lucide-react';
import type { ReactNode } from 'react';
import { formatBytes, formatCount, formatMoment } from '../../state/format.ts';
import { texts } from '../../texts.ts';
import { coordinatesOf, exifRow, exposureText, mapAddress } from './exif.ts';
import { Labels } from './Labels.tsx';
import styles from './Panel.module.css';
import { formatValue } from './values.ts';

const { details: words } = texts.picture;

/** A name and what stands for it; left out where that is null. */
type Fact = readonly [name: string, value: ReactNode];

export interface DetailsProps {
  readonly content: Content;
  readonly features: ContentFeatures;
}

export function Details({ content, features }: DetailsProps) {
  return (
    <>
      <Labels key={content.contentId} of={content} />
      <Camera features={features} />
      <Place features={features} />
      <Facts title={words.file} facts={fileFacts(content)} />
    </>
  );
}

function Camera({ features }: { readonly features: ContentFeatures }) {
  const row = exifRow(features);
  if (row === undefined) return null;
  const text = (name: string, unit = ''): ReactNode => {
    const value = row[name];
    return value === null || value === undefined ? null : `${formatValue(value)}${unit}`;
  };
  const clock = row['taken_local'];
  const exposure = row['exposure_s'];
  const focal = [text('focal_length_mm', ' mm'), focal35(row['focal_length_35mm'])].filter((part) => part !== null);
  const facts: Fact[] = [
    [words.takenAt, typeof clock === 'string' ? words.taken(clock.replace('T', ' '), String(row['taken_zone'])) : null],
    [words.cameraName, text('camera')],
    [words.lens, text('lens')],
    [words.exposure, typeof exposure === 'number' ? exposureText(exposure) : null],
    [words.aperture, typeof row['f_number'] === 'number' ? `f/${formatValue(row['f_number'])}` : null],
    [words.sensitivity, typeof row['iso'] === 'number' ? `ISO ${formatValue(row['iso'])}` : null],
    [words.focal, focal.length === 0 ? null : focal.join(', ')],
    [words.flash, text('flash')],
    [words.software, text('software')],
    [words.description, text('description')],
    [words.artist, text('artist')],
    [words.copyright, text('copyright')],
    [words.altitude, text('altitude', ' m')],
  ];
  return <Facts title={words.camera} facts={facts} otherwise={words.noCamera} />;
}

function Place({ features }: { readonly features: ContentFeatures }) {
  const place = coordinatesOf(features);
  if (place === undefined) return null;
  return (
    <section className={styles.section}>
      <h3 className={styles.heading}>{words.place}</h3>
      <p className={styles.place}>
        <MapPin aria-hidden="true" />
        {formatValue(place.latitude, 'deg')}, {formatValue(place.longitude, 'deg')}{' '}
        <a href={mapAddress(place)} target="_blank" rel="noreferrer">
          {words.map}
        </a>
      </p>
    </section>
  );
}

function fileFacts(content: Content): Fact[] {
  const { name, mimeType, sizeBytes, width, height, frames, createdAt, version, locations } = content;
  return [
    [words.name, name],
    [words.type, mimeType],
    [words.size, formatBytes(sizeBytes)],
    [words.pixels, width === null || height === null ? null : `${formatCount(width)} × ${formatCount(height)}`],
    [words.frames, frames !== null && frames > 1 ? formatCount(frames) : null],
    [words.added, formatMoment(createdAt)],
    [words.version, version > 1 ? formatCount(version) : null],
    [words.locations, <Locations key="locations" of={locations} />],
    [words.id, <code key="id">{content.contentId}</code>],
    [words.sha256, <code key="sha256">{content.sha256}</code>],
  ];
}

function Locations({ of: locations }: { readonly of: Content['locations'] }) {
  return (
    <ul>
      {locations.map(({ uri, state }) => (
        <li key={uri}>
          {uri.startsWith('fovea:') ? words.stored : uri}
          {state === 'missing' && <small> ({words.missing})</small>}
        </li>
      ))}
    </ul>
  );
}

interface FactsProps {
  readonly title: string;
  readonly facts: readonly Fact[];
  /** Said where none is known. */
  readonly otherwise?: string;
}

function Facts({ title, facts, otherwise }: FactsProps) {
  const known = facts.filter(([, value]) => value !== null);
  return (
    <section className={styles.section}>
      <h3 className={styles.heading}>{title}</h3>
      {known.length === 0 && <p className={styles.muted}>{otherwise}</p>}
      <dl className={styles.list}>
        {known.map(([name, value]) => (
          <div key={name}>
            <dt>{name}</dt>
            <dd>{value}</dd>
          </div>
        ))}
      </dl>
    </section>
  );
}

function focal35(value: unknown): string | null {
  return typeof value === 'number' ? words.focal35(formatValue(value)) : null;
}
